#include "storage/decision_rows.h"

#include "storage/decisions.h"

namespace tillkeeper::storage {
namespace {

// What is let through must not go out under the id of another one: destinations would take it for a repetition.
Result<void> require_unused_id(const NewEntry& released, EntryRows& entries) {
    if (released.kind != EntryKind::kReleased) return {};
    auto twins = entries.twins(released.transaction_id, sha256(released.body));
    if (!twins) return std::unexpected(std::move(twins.error()));
    for (const auto& twin : *twins)
        if (twin.kind != EntryKind::kQuarantined)
            return fail(ErrorCode::kInvalid, "journal: the id is that of number " + std::to_string(twin.number) +
                                                 "; repair it with another id, or skip it");
    return {};
}

Result<void> change_held(const Decision& decision, HeldItem item, JournalNumber entry, ProgressRows& progress) {
    if (decision.destination.empty() || decision.kind == Decision::Kind::kSkip)
        return progress.release(decision.destination, decision.number);
    item.state = HeldState::kReady;
    if (decision.kind == Decision::Kind::kRepair) item.body_number = entry;
    return progress.hold(item);
}

}  // namespace

Result<void> carry_out(const Decision& decision, OpenFile& file, ChainLink& tail) {
    auto item = file.progress->find(decision.destination, decision.number);
    if (!item) return std::unexpected(std::move(item.error()));
    if (!*item) return fail(ErrorCode::kNotFound, "journal: nothing is held there");
    auto original = file.entries->entry(decision.number);
    if (!original) return std::unexpected(std::move(original.error()));
    if (!*original) return fail(ErrorCode::kNotFound, "journal: the held entry is missing");
    if (!(*original)->damaged.empty() && decision.kind == Decision::Kind::kRetry)
        return fail(ErrorCode::kInvalid,
                    "journal: the entry is damaged; repair it with the whole transaction, or skip it");
    const NewEntry entry = decision_entry(decision, **original);
    if (auto unused = require_unused_id(entry, *file.entries); !unused) return unused;
    if (auto done = file.entries->append(entry, sha256(entry.body), tail); !done) return done;
    return change_held(decision, **item, tail.number, *file.progress);
}

}  // namespace tillkeeper::storage
