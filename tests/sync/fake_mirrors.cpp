#include "tests/sync/fake_mirrors.h"

#include <algorithm>

namespace tillkeeper::fakes {

Result<void> FakeMirrors::writable() const {
    if (broken) return fail(*broken, "told to fail");
    return {};
}

Result<storage::MirrorState> FakeMirrors::state(const std::string& collection) {
    auto& kept = kept_[collection];
    kept.state.records = static_cast<std::int64_t>(kept.rows.size());
    return kept.state;
}

Result<std::optional<storage::MirrorRun>> FakeMirrors::unfinished(const std::string& collection) {
    return kept_[collection].run;
}

Result<void> FakeMirrors::begin(const std::string& collection, const storage::MirrorRun& run) {
    if (auto good = writable(); !good) return good;
    kept_[collection].run = run;
    kept_[collection].staged.clear();
    return {};
}

Result<void> FakeMirrors::apply(const std::string& collection, std::span<const storage::MirrorRow> rows,
                                const std::string& next_page) {
    if (auto good = writable(); !good) return good;
    auto& kept = kept_[collection];
    if (!kept.run) return fail(ErrorCode::kNotFound, "there is no run");
    if (rows.size() > storage::kMirrorPageRowsMax) return fail(ErrorCode::kLimit, "too many rows");
    for (const auto& row : rows) {
        if (row.key.empty() || unkeepable.contains(row.key)) return fail(ErrorCode::kInvalid, "a row cannot be kept");
        if (row.key.size() > storage::kMirrorKeyBytesMax || row.body.size() > storage::kMirrorBodyBytesMax)
            return fail(ErrorCode::kLimit, "a row is too long");
    }
    for (const auto& row : rows) kept.staged[row.key] = row;
    kept.run->page = next_page;
    largest_apply = std::max(largest_apply, rows.size());
    ++applies;
    return {};
}

Result<bool> FakeMirrors::prepare_finish(const std::string& collection) {
    if (!kept_[collection].run) return fail(ErrorCode::kNotFound, "there is no run");
    return prepare_left > 0 && --prepare_left > 0;
}

Result<void> FakeMirrors::finish(const std::string& collection, const std::string& cursor,
                                 const std::string& validator) {
    if (auto good = writable(); !good) return good;
    auto& kept = kept_[collection];
    if (!kept.run) return fail(ErrorCode::kNotFound, "there is no run");
    if (prepare_left > 0) return fail(ErrorCode::kInternal, "it was not prepared");
    if (kept.run->full) kept.rows.clear();
    for (auto& [key, row] : kept.staged) {
        if (row.body.empty())
            kept.rows.erase(key);
        else
            kept.rows[key] = std::move(row);
    }
    kept.state = {.as_of = kept.run->started,
                  .complete = kept.run->full || kept.state.complete,
                  .cursor = cursor,
                  .validator = validator,
                  .delivered = kept.run->delivered};
    kept.run.reset();
    kept.staged.clear();
    return {};
}

Result<void> FakeMirrors::unchanged(const std::string& collection, WallTime as_of, storage::JournalNumber delivered) {
    if (auto good = writable(); !good) return good;
    kept_[collection].state.as_of = as_of;
    kept_[collection].state.delivered = delivered;
    return {};
}

Result<void> FakeMirrors::put(const std::string& collection, const storage::MirrorRow& row, WallTime) {
    if (auto good = writable(); !good) return good;
    if (row.body.empty())
        kept_[collection].rows.erase(row.key);
    else
        kept_[collection].rows[row.key] = row;
    return {};
}

Result<bool> FakeMirrors::tidy() {
    if (tidy_left > 0) --tidy_left;
    return tidy_left > 0;
}

Result<void> FakeMirrors::drop(const std::string& collection) {
    if (auto good = writable(); !good) return good;
    kept_.erase(collection);
    return {};
}

Result<std::vector<std::string>> FakeMirrors::collections() {
    std::vector<std::string> names;
    for (const auto& [name, kept] : kept_)
        if (kept.state.as_of || kept.run || !kept.rows.empty()) names.push_back(name);
    return names;
}

Result<std::int64_t> FakeMirrors::erase(const std::string& collection, const std::string& key) {
    auto& kept = kept_[collection];
    kept.staged.erase(key);
    if (kept.run && kept.run->full) kept.run.reset();
    movements_.erase({collection, key});
    return static_cast<std::int64_t>(kept.rows.erase(key));
}

Result<void> FakeMirrors::add_movement(const std::string& collection, const std::string& key,
                                       storage::JournalNumber number, std::int64_t amount) {
    movements_[{collection, key}][number] = amount;
    return {};
}

Result<void> FakeMirrors::forget_movements(const std::string& collection, storage::JournalNumber up_to) {
    for (auto& [where, amounts] : movements_)
        if (where.first == collection) amounts.erase(amounts.begin(), amounts.upper_bound(up_to));
    return {};
}

std::int64_t FakeMirrors::moved(const std::string& collection, const std::string& key, storage::JournalNumber after) {
    std::int64_t sum = 0;
    for (const auto& [number, amount] : movements_[{collection, key}])
        if (number > after) sum += amount;
    return sum;
}

Result<void> FakeMirrors::set_movements_read(storage::JournalNumber number) {
    movements_read_ = number;
    return {};
}

Result<std::int64_t> FakeMirrors::defer(const storage::DeferredLookup& lookup) {
    if (auto good = writable(); !good) return std::unexpected(good.error());
    if (std::ssize(deferred_) >= storage::kDeferredMax) return fail(ErrorCode::kLimit, "too many deferred look-ups");
    deferred_[++last_deferred_] = lookup;
    deferred_[last_deferred_].number = last_deferred_;
    return last_deferred_;
}

Result<std::vector<storage::DeferredLookup>> FakeMirrors::deferred(std::int64_t after, int limit) {
    std::vector<storage::DeferredLookup> found;
    for (auto at = deferred_.upper_bound(after); at != deferred_.end() && std::ssize(found) < limit; ++at)
        found.push_back(at->second);
    return found;
}

Result<void> FakeMirrors::settle(std::int64_t number) {
    deferred_.erase(number);
    return {};
}

}  // namespace tillkeeper::fakes
