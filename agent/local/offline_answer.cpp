#include "agent/local/offline_answer.h"

#include <algorithm>
#include <utility>

#include "agent/contract/json_scan.h"
#include "agent/contract/problem.h"
#include "agent/local/control_answer.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

std::string text_of(std::string_view body, std::string_view name) {
    return sync::json_string(sync::json_member(body, name)).value_or("");
}

}  // namespace

bool asks_for_offline(const ServerRequest& request) {
    return request.method == "POST" && (request.path == "/offline" || request.path == "/online");
}

void answer_offline(WorkOffline& offline, const ServerRequest& request, HttpServer::Reply reply) {
    if (auto scanned = scan_json(request.body); !scanned)
        return reply(control_answer(std::unexpected(scanned.error())));
    auto who = text_of(request.body, "who");
    auto why = text_of(request.body, "why");
    auto done = [&offline, reply = std::move(reply)](Result<void> recorded) mutable {
        if (!recorded) return reply(control_answer(std::unexpected(std::move(recorded.error()))));
        const auto& spell = offline.spell();
        reply(control_answer(R"({"until":)" + (spell ? quoted(to_rfc3339(spell->until)) : "null") + '}'));
    };
    if (request.path == "/online") return offline.end(std::move(who), std::move(why), std::move(done));
    const auto seconds = sync::json_integer(sync::json_member(request.body, "for_s")).value_or(0);
    const auto bounded = std::clamp<std::int64_t>(seconds, 0, std::int64_t{7} * 24 * 3600);
    offline.begin(std::move(who), std::move(why), std::chrono::seconds(bounded), std::move(done));
}

}  // namespace tillkeeper::agent
