#include "agent/local/decision_desk.h"

#include <utility>

#include "agent/contract/card_number.h"

namespace tillkeeper::agent {
namespace {

using Kind = storage::Decision::Kind;

Result<void> check_texts(const DecisionWish& wish) {
    constexpr auto kMax = DecisionDesk::kReasonBytesMax;
    if (wish.who.empty() || wish.who.size() > kMax || wish.why.size() > kMax)
        return fail(ErrorCode::kInvalid, "\"who\" is required; at most 1000 bytes each of \"who\" and \"why\"");
    if (contains_card_number(wish.who) || contains_card_number(wish.why))
        return fail(ErrorCode::kInvalid,
                    "\"who\" and \"why\" stay in the journal: leave out what looks like a card number");
    return {};
}

Result<void> repair(storage::JournalReader& reader, std::string transaction, storage::Decision& decision) {
    const auto original = reader.entry(decision.number);
    if (!original) return std::unexpected(original.error());
    if (!*original) return fail(ErrorCode::kNotFound, "no entry has the number " + std::to_string(decision.number));
    if (transaction.empty())
        return fail(ErrorCode::kInvalid, "\"transaction\" is missing: the whole repaired transaction");
    const bool quarantined = decision.destination.empty();
    auto examined = DecisionDesk::examine_repair(**original, quarantined, std::move(transaction));
    if (!examined.problems.empty())
        return fail(ErrorCode::kInvalid,
                    "the repaired transaction is not in order: " + examined.problems.front().detail + " (" +
                        examined.problems.front().pointer + ")");
    decision.body = examined.entry.body;
    if (quarantined) decision.members = std::move(examined.entry);
    return {};
}

}  // namespace

Examined DecisionDesk::examine_repair(const storage::Entry& original, bool quarantined, std::string transaction) {
    auto examined = examine_transaction(original.till, std::move(transaction));
    if (examined.problems.empty() && !quarantined && examined.entry.transaction_id != original.transaction_id)
        examined.problems.push_back(
            {"id-conflict", "Another id", "The id must stay " + original.transaction_id + '.', "/id"});
    return examined;
}

void DecisionDesk::decide(DecisionWish wish, storage::Writer::Decided done) {
    if (const auto fine = check_texts(wish); !fine) return done(std::unexpected(fine.error()));
    storage::Decision decision;
    decision.kind = wish.kind;
    decision.number = wish.number;
    decision.destination = std::move(wish.destination);
    decision.who = std::move(wish.who);
    decision.why = std::move(wish.why);
    if (decision.kind == Kind::kRepair)
        if (const auto fine = repair(parts_.reader, std::move(wish.transaction), decision); !fine)
            return done(std::unexpected(fine.error()));
    decision.arrival = {parts_.clock.wall(), parts_.clock.monotonic(), parts_.device.boot_id(),
                        parts_.device.clock_trusted()};
    parts_.writer.decide(std::move(decision), parts_.loop,
                         [this, done = std::move(done)](Result<storage::JournalNumber> recorded) mutable {
                             if (recorded) parts_.decided();
                             done(std::move(recorded));
                         });
}

}  // namespace tillkeeper::agent
