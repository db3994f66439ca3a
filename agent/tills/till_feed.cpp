#include "agent/tills/till_feed.h"

#include <utility>

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kSlice = 200;  // a few milliseconds

}  // namespace

Result<bool> TillFeed::step() {
    const auto entries = reader_.read_after(up_to_, {.entries_max = kSlice});
    if (!entries) return std::unexpected(entries.error());
    for (const auto& entry : *entries) {
        bool named_is_here = true;
        if (entry.type == "void" && !entry.refers_to.empty()) {
            const auto found = is_here(entry.refers_to);
            if (!found) return std::unexpected(found.error());
            named_is_here = *found;
        }
        register_.take(entry, named_is_here);
        up_to_ = entry.number;
    }
    return entries->size() == kSlice;
}

Result<bool> TillFeed::is_here(const std::string& transaction_id) {
    const auto found = reader_.find(transaction_id, 1);
    if (!found) return std::unexpected(found.error());
    return !found->empty();
}

void TillFeed::catch_up(EventLoop& loop, Done done) {
    waiting_.push_back(std::move(done));
    if (waiting_.size() == 1) next_slice(loop);
}

void TillFeed::next_slice(EventLoop& loop) {
    const auto more = step();
    if (more && *more) return loop.post([this, &loop] { next_slice(loop); });
    for (auto& done : std::exchange(waiting_, {})) done(more ? Result<void>{} : std::unexpected(more.error()));
}

}  // namespace tillkeeper::agent
