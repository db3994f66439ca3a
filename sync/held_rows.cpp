#include "sync/held_rows.h"

#include <optional>

#include "platform/log.h"

namespace tillkeeper::sync {
namespace {

// Longer than the writer takes; short enough that a person's retry is not overlooked for long.
constexpr Duration kBelieveReportsFor = std::chrono::seconds(5);
constexpr std::size_t kReportsKept = 1024;
constexpr int kPageRows = 200;

}  // namespace

void HeldRows::remember(storage::JournalNumber number, bool held, MonotonicTime now) {
    if (reports_.size() >= kReportsKept)
        std::erase_if(reports_, [&](const auto& item) { return item.second.until < now; });
    reports_[number] = {.held = held, .until = now + kBelieveReportsFor};
}

Result<bool> HeldRows::holds(storage::JournalNumber number, MonotonicTime now) {
    const auto report = reports_.find(number);
    if (report != reports_.end() && report->second.until >= now) return report->second.held;
    auto rows = reader_.held(destination_, number - 1, 1);
    if (!rows) return std::unexpected(rows.error());
    return !rows->empty() && rows->front().number == number;
}

Result<std::vector<storage::JournalNumber>> HeldRows::between(storage::JournalNumber after,
                                                              storage::JournalNumber last) {
    std::vector<storage::JournalNumber> numbers;
    while (after < last) {
        auto rows = reader_.held(destination_, after, kPageRows);
        if (!rows) return std::unexpected(rows.error());
        for (const auto& row : *rows) {
            after = row.number;
            if (after > last) return numbers;
            numbers.push_back(after);
        }
        if (rows->size() < kPageRows) break;
    }
    return numbers;
}

Result<bool> HeldRows::is_ready(const storage::HeldItem& row, MonotonicTime now, Walk& walk) {
    if (delivering_.contains(row.number) || row.state == storage::HeldState::kHeld) return false;
    const auto report = reports_.find(row.number);
    if (report != reports_.end() && report->second.until >= now) {
        walk.undecided = walk.undecided || row.state == storage::HeldState::kReady;
        return false;
    }
    if (row.state == storage::HeldState::kReady) return true;
    // A decision and our report may have crossed: then nobody would ever set it free.
    auto cause = holds(row.waits_for, now);
    if (!cause) return std::unexpected(cause.error());
    return !*cause;
}

Result<void> HeldRows::load(const storage::HeldItem& row, Walk& walk) {
    auto entry = reader_.entry(row.number);
    if (!entry) return std::unexpected(entry.error());
    const auto body_number = row.body_number == 0 ? row.number : row.body_number;
    if (*entry && body_number != row.number) {
        auto repaired = reader_.entry(body_number);
        if (!repaired) return std::unexpected(repaired.error());
        if (!*repaired) entry->reset();
        if (*repaired) {
            (*entry)->body = std::move((*repaired)->body);
            (*entry)->damaged = std::move((*repaired)->damaged);
        }
    }
    if (!*entry || !(*entry)->damaged.empty()) {
        log(LogLevel::kError, "a held transaction cannot be read from the journal",
            {{"destination", destination_}, {"number", row.number}});
        return {};
    }
    delivering_[row.number] = body_number;
    walk.ready.push_back(std::move(**entry));
    return {};
}

Result<HeldRows::Walk> HeldRows::walk(std::size_t room, MonotonicTime now) {
    Walk walk;
    auto rows = reader_.held(destination_, walked_, kPageRows);
    if (!rows) return std::unexpected(rows.error());
    walk.more = rows->size() == kPageRows;
    for (const auto& row : *rows) {
        auto ready = is_ready(row, now, walk);
        if (!ready) return std::unexpected(ready.error());
        if (*ready && walk.ready.size() == room) {
            walk.more = true;
            return walk;
        }
        if (*ready)
            if (auto loaded = load(row, walk); !loaded) return std::unexpected(loaded.error());
        walked_ = row.number;
    }
    if (!walk.more) walked_ = 0;
    return walk;
}

storage::JournalNumber HeldRows::done(storage::JournalNumber number) {
    const auto place = delivering_.find(number);
    if (place == delivering_.end()) return number;
    const auto body_number = place->second;
    delivering_.erase(place);
    return body_number;
}

}  // namespace tillkeeper::sync
