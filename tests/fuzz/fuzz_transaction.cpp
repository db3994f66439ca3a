// What a till hands over, and every answer to it. [agent-2] [agent-10]
#include <algorithm>
#include <string>

#include "agent/contract/answer.h"
#include "agent/contract/json_scan.h"
#include "agent/contract/transaction.h"
#include "tests/fuzz/document.h"
#include "tests/fuzz/property.h"

using namespace tillkeeper;
using fuzz::require;

namespace {

void check_answer(const std::string& answer, const std::optional<std::string>& id, const char* outcome) {
    require(fuzz::is_json(answer), "an answer is JSON");
    require(!fuzz::has_card_number(answer), "no answer repeats a card number");
    const fuzz::Document document(answer);
    require(document.text("outcome") == outcome, "an answer says its outcome");
    if (document.root() != nullptr && id && id->find('\0') == std::string::npos)
        require(document.text("id") == id, "an answer names the id as the till wrote it");
}

bool has_problem(const agent::Examined& examined, std::string_view type) {
    return std::ranges::any_of(examined.problems, [&](const auto& problem) { return problem.type == type; });
}

// Or at what is missing in something that is there. Of a repeated member a pointer can reach only one.
void check_pointers(const agent::Examined& examined, const fuzz::Document& document) {
    if (document.root() == nullptr || has_problem(examined, "repeated-member")) return;
    for (const auto& [type, title, detail, pointer] : examined.problems) {
        const std::string parent = pointer.substr(0, pointer.rfind('/') + 1);
        const bool there = document.at(pointer) != nullptr ||
                           (!parent.empty() && document.at(parent.substr(0, parent.size() - 1)) != nullptr);
        require(there, "a problem points at something that is there");
    }
}

void check_stored(const agent::Examined& examined, const std::string& payload) {
    const auto& entry = examined.entry;
    require(entry.body == payload, "exactly the bytes that came are stored");
    const bool full = examined.problems.size() >= agent::kJsonFindingsMax;  // then one problem more is not told
    require(fuzz::is_json(payload) || full || has_problem(examined, "broken-character"),
            "what is stored is JSON to others too");
    require(!fuzz::has_card_number(payload), "no card number is stored");
    require(agent::is_transaction_id(entry.transaction_id), "what is stored has a usable id");
    const bool fine = examined.problems.empty();
    require(fine == (entry.kind == storage::EntryKind::kTransaction), "what has problems is quarantined, nothing else");
    require(fine ? entry.problems.empty() : fuzz::is_json(entry.problems), "problems are kept as JSON");
    require(entry.type.size() <= 64 && entry.receipt.size() <= 64, "what is indexed is short");
    require(!entry.till_sequence || *entry.till_sequence >= 0, "a sequence is 0 or more");
    require(!fine || (examined.id == entry.transaction_id && entry.till_sequence && !entry.type.empty()),
            "what is understood has id, type and sequence");
    using storage::Acceptance;
    for (const bool conflict : {false, true}) {
        const auto answer = [&](Acceptance acceptance) {
            return agent::stored_answer(examined.id, {acceptance, 7, {}, conflict}, entry.problems);
        };
        check_answer(answer(Acceptance::kAccepted), examined.id, "accepted");
        check_answer(answer(Acceptance::kDuplicate), examined.id, "duplicate");
        check_answer(answer(Acceptance::kQuarantined), examined.id, "quarantined");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string payload(reinterpret_cast<const char*>(data), size);
    const auto examined = agent::examine_transaction("till-1", payload);
    check_pointers(examined, fuzz::Document(payload));
    require(examined.problems.size() <= 64, "the list of problems is short");
    if (!examined.refusal) {
        check_stored(examined, payload);
        return 0;
    }
    require(!examined.problems.empty(), "a refusal says why");
    require(examined.entry.body.empty(), "of what is refused nothing is left to store");
    check_answer(agent::refused_answer(examined.id, *examined.refusal, examined.problems, {}), examined.id, "refused");
    return 0;
}
