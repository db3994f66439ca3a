#include "agent/lookups/attachments.h"

#include <algorithm>
#include <utility>

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kSlice = 200;  // a few milliseconds

}  // namespace

void Attachments::run(std::vector<CardNamed> cards, Done done) {
    cards_ = std::move(cards);
    done_ = std::move(done);
    outcome_ = {};
    reading_ = !cards_.empty();
    if (!reading_) return end_where_nothing_waits();
    read_ = std::ranges::min(cards_, {}, &CardNamed::since).since;
    loop_.post([this] { slice(); });
}

void Attachments::slice() {
    const auto entries = journal_.read_after(read_, {.entries_max = kSlice});
    if (!entries) {
        outcome_ = std::unexpected(entries.error());
        reading_ = false;
        return end_where_nothing_waits();
    }
    for (const auto& entry : *entries) {
        read_ = entry.number;
        const auto card = std::ranges::find_if(cards_, [&](const auto& each) { return names(entry, each); });
        if (card != cards_.end()) attach(entry, card->member_id);
    }
    reading_ = entries->size() == kSlice;
    if (reading_) return loop_.post([this] { slice(); });
    end_where_nothing_waits();
}

void Attachments::attach(const storage::Entry& sale, const std::string& member_id) {
    const storage::Arrival arrival{clock_.wall(), clock_.monotonic(), device_.boot_id(), device_.clock_trusted()};
    const auto offered =
        writer_.offer(attached(sale, member_id, arrival), loop_, [this](Result<storage::Receipt> receipt) {
            if (!receipt) outcome_ = std::unexpected(receipt.error());
            --waiting_;
            end_where_nothing_waits();
        });
    if (offered)
        ++waiting_;
    else
        outcome_ = std::unexpected(offered.error());
}

void Attachments::end_where_nothing_waits() {
    if (reading_ || waiting_ > 0 || !done_) return;
    std::exchange(done_, {})(outcome_);
}

}  // namespace tillkeeper::agent
