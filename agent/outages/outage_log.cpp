#include "agent/outages/outage_log.h"

#include <algorithm>
#include <utility>

#include "storage/own_entries.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kWriteAgain = std::chrono::seconds(1);

}  // namespace

Result<std::vector<Outage>> past_outages(storage::JournalReader& reader) {
    const auto entries = reader.newest_own_entries(storage::kOutage, 2 * kOutagesKnown);
    if (!entries) return std::unexpected(entries.error());
    return outages_of(*entries);
}

void OutageLog::look(const StoreState& store) {
    if (!past_known_ && !read_past()) return;
    auto told = watch_.look(store, parts_.clock.wall(), parts_.clock.monotonic());
    if (!told) return;
    told->sales = sales_of(*told);
    unwritten_.push_back(outage_entry(*told, {parts_.clock.wall(), parts_.clock.monotonic(), parts_.device.boot_id(),
                                              parts_.device.clock_trusted()}));
    if (told->until) past_.push_back(std::move(*told));
    if (past_.size() > kOutagesKnown) past_.pop_front();
    if (!writing_) write();
}

std::vector<Outage> OutageLog::all() const {
    std::vector<Outage> all(past_.begin(), past_.end());
    if (auto current = watch_.current()) {
        current->sales = sales_of(*current);
        all.push_back(std::move(*current));
    }
    return all;
}

bool OutageLog::read_past() {
    auto past = past_outages(parts_.reader);
    if (!past) return false;
    past_known_ = true;
    if (!past->empty() && !past->back().until) {
        watch_.go_on(std::move(past->back()), parts_.clock.monotonic());
        past->pop_back();
    }
    past_.assign(past->begin(), past->end());
    return true;
}

// Entries about the store itself are no sales. 0 where the journal cannot be read.
std::int64_t OutageLog::sales_of(const Outage& outage) const {
    const auto up_to = std::max(watch_.up_to(), outage.after);
    const auto before = parts_.reader.store_notes_after(outage.after);
    const auto behind = parts_.reader.store_notes_after(up_to);
    if (!before || !behind) return 0;
    return up_to - outage.after - (*before - *behind);
}

void OutageLog::write() {
    writing_ = true;
    auto offered =
        parts_.writer.offer(unwritten_.front(), parts_.loop, [this](const Result<storage::Receipt>& receipt) {
            if (!receipt) return write_later();
            unwritten_.pop_front();
            writing_ = false;
            if (!unwritten_.empty()) write();
        });
    if (!offered) write_later();
}

void OutageLog::write_later() {
    again_ = parts_.loop.after(kWriteAgain, [this] { write(); });
}

}  // namespace tillkeeper::agent
