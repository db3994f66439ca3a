// MemoryJournal: answers the till bus at once, as the journal does, and keeps ids and bodies in memory only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "platform/crypto.h"
#include "storage/writer.h"

namespace tillkeeper::contract {

class MemoryJournal final : public storage::Writer {
  public:
    Result<void> offer(storage::NewEntry entry, EventLoop&, Accepted done) override {
        if (busy) return fail(ErrorCode::kLimit, "the queue is full");
        if (full)
            done(fail(ErrorCode::kStorageFull, "the disk is full"));
        else
            done(take(entry));
        return {};
    }
    void report(storage::Progress) override {}
    void report(storage::Progress, EventLoop&, Reported) override {}
    void decide(storage::Decision, EventLoop&, Decided) override {}
    void note_clock(storage::ClockSight) override {}
    void on_growth(std::function<void(storage::JournalNumber)>) override {}
    Result<void> accepting() const override { return {}; }
    void flush() override {}

    bool busy = false;
    bool full = false;

  private:
    [[nodiscard]] storage::Receipt take(const storage::NewEntry& entry) {
        using storage::Acceptance;
        const bool orderly = entry.kind == storage::EntryKind::kTransaction;
        const auto known = bodies_.find(entry.transaction_id);
        storage::Receipt receipt;
        if (known == bodies_.end())
            for (const auto& spend : entry.spends)
                if (!pots_.insert(spend.pot).second) return {.acceptance = Acceptance::kOverspent};
        receipt.acceptance = orderly ? Acceptance::kAccepted : Acceptance::kQuarantined;
        if (known != bodies_.end()) {
            receipt.id_conflict = known->second != entry.body;
            receipt.acceptance = receipt.id_conflict ? Acceptance::kQuarantined : Acceptance::kDuplicate;
        }
        bodies_.try_emplace(entry.transaction_id, entry.body);
        receipt.number = ++number_;
        receipt.hash = sha256(entry.body);
        return receipt;
    }

    storage::JournalNumber number_ = 0;
    std::map<std::string, std::string> bodies_;
    std::set<std::string> pots_;  // of one each
};

}  // namespace tillkeeper::contract
