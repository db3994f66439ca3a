#include "agent/cli/erase_member.h"

#include <iostream>

#include "agent/cli/daemon_call.h"
#include "agent/cli/journal_access.h"
#include "agent/contract/problem.h"

namespace tillkeeper::cli {
namespace {

constexpr Duration kBetweenLooks = std::chrono::milliseconds(250);

// "erp 3, oms 0"
std::string counts(JsonView destinations, const char* which) {
    std::string out;
    for (const auto& each : destinations.children())
        out += (out.empty() ? "" : ", ") + each.name() + ' ' + std::to_string(each.number(which));
    return out.empty() ? "none" : out;
}

}  // namespace

Result<std::string> erase_member(const std::string& socket, ErasureWish wish, const Told& told) {
    if (wish.member_id == "-") std::getline(std::cin, wish.member_id);
    using agent::quoted;
    const std::string body = "{\"member_id\":" + quoted(wish.member_id) + ",\"who\":" + quoted(wish.who) +
                             ",\"why\":" + quoted(wish.why) + '}';
    auto answer = call_daemon(socket, "POST", "/erasures", body);
    while (answer) {
        const JsonDocument document(*answer);
        const std::string state = document.root().text("state");
        if (state == "failed") return fail(ErrorCode::kUnavailable, document.root().text("error"));
        // The daemon was started anew meanwhile.
        if (state == "none")
            return fail(ErrorCode::kUnavailable, "the erasure was interrupted; give the command again");
        if (state == "done") break;
        if (const auto step = document.root().text("step"); !step.empty())
            told(step, document.root().number("done"), document.root().number("total"));
        wait_for(kBetweenLooks);
        answer = call_daemon(socket, "GET", "/erasures");
    }
    if (!answer) return answer;
    auto verified = verified_by_daemon(socket, told);
    if (!verified) return verified;
    return "{\"erasure\":" + *answer + ",\"verification\":" + *verified + '}';
}

bool erasure_is_fine(JsonView answer) {
    return answer.at("verification").is_true("whole") && answer.at("erasure").number("damaged") == 0 &&
           answer.at("erasure").number("erased") > 0;
}

std::string erasure_text(JsonView answer) {
    const JsonView done = answer.at("erasure");
    const JsonView verified = answer.at("verification");
    std::string out;
    if (done.number("damaged") > 0)
        out += std::to_string(done.number("damaged")) +
               " entries are damaged and could not be read: whether they name the member, nobody can tell.\n";
    if (done.number("plain") > 0)
        out += std::to_string(done.number("plain")) +
               " entries carry this id as receipt, type or id: these stay, the books need them\n";
    if (done.number("erased") > 0)
        out += "destinations that have got them as they were (ask there as well): " +
               counts(done.at("destinations"), "sent") + '\n';
    const std::string chain =
        verified.is_true("whole")
            ? "chain verified"
            : "chain BROKEN at " + std::to_string(verified.number("first_bad")) + ": " + verified.text("problem");
    if (done.number("erased") == 0) return out + "No transaction of this member is here.\n" + chain + '\n';
    return out + "erased: " + std::to_string(done.number("transactions")) + " transactions of this member; " + chain +
           "; destinations still to get what is left: " + counts(done.at("destinations"), "to_send") + '\n';
}

}  // namespace tillkeeper::cli
