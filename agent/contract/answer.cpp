#include "agent/contract/answer.h"

#include <utility>

namespace tillkeeper::agent {
namespace {

std::string id_json(const std::optional<std::string>& id) {
    return id ? quoted(*id) : "null";
}

const char* outcome(storage::Acceptance acceptance) {
    switch (acceptance) {
        case storage::Acceptance::kAccepted:
            return "accepted";
        case storage::Acceptance::kDuplicate:
            return "duplicate";
        case storage::Acceptance::kQuarantined:
            return "quarantined";
        case storage::Acceptance::kOverspent:
            break;  // was offered again, without its pots
    }
    std::unreachable();
}

const std::string& conflict_problems() {
    static const std::string kProblems =
        to_json({{"id-conflict", "Id used before with other content",
                  "Another transaction with this id is stored; both are kept.", "/id"}});
    return kProblems;
}

}  // namespace

std::string stored_answer(const std::optional<std::string>& id, const storage::Receipt& receipt,
                          const std::string& problems) {
    std::string out = R"({"reply_to":"transaction","id":)";
    out += id_json(id);
    out += R"(,"outcome":")";
    out += outcome(receipt.acceptance);
    out += R"(","journal_number":)";
    out += std::to_string(receipt.number);
    out += R"(,"hash":")";
    out += to_hex(receipt.hash);
    out += R"(","problems":)";
    if (receipt.acceptance != storage::Acceptance::kQuarantined)
        out += "[]";
    else if (!problems.empty())
        out += problems;
    else
        out += receipt.id_conflict ? conflict_problems() : "[]";
    out += '}';
    return out;
}

std::string refused_answer(const std::optional<std::string>& id, Refusal refusal, const std::vector<Problem>& problems,
                           std::optional<Duration> retry_after) {
    return R"({"reply_to":"transaction","id":)" + id_json(id) + ',' +
           refusal_end(to_string(refusal), problems, retry_after);
}

}  // namespace tillkeeper::agent
