#include "agent/power_guard.h"

#include <utility>

#include "agent/local/control_answer.h"
#include "platform/log.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {

bool PowerGuard::takes(const ServerRequest& request) {
    return request.method == "POST" && request.path == "/power";
}

void PowerGuard::handle(const ServerRequest& request, HttpServer::Reply reply) {
    const auto failing = sync::is_json(request.body) ? sync::json_member(request.body, "failing") : "";
    if (failing != "true" && failing != "false")
        return reply(control_answer(fail(ErrorCode::kInvalid, "\"failing\": true or false")));
    if (failing == "true") return close(std::move(reply));
    open();
    answer(true, std::move(reply));
}

// From the till loop to the journal's: what the bus offered before it closed is in the writer by then.
void PowerGuard::close(HttpServer::Reply reply) {
    if (!failing_.exchange(true)) log(LogLevel::kWarning, "power failing", {{"intake", "closed"}});
    end_ = parts_.sync_loop.after(kPowerAlarmMax, [this] { open(); });
    parts_.till_loop.post([this, reply = std::move(reply)]() mutable {
        parts_.bus.close();
        parts_.journal_loop.post([this, reply = std::move(reply)]() mutable {
            parts_.writer.flush();
            parts_.sync_loop.post([this, safe = parts_.writer.accepting().has_value(),
                                   reply = std::move(reply)]() mutable { answer(safe, std::move(reply)); });
        });
    });
}

void PowerGuard::open() {
    end_.reset();
    if (!failing_.exchange(false)) return;
    log(LogLevel::kNotice, "power back", {{"intake", "open"}});
    parts_.till_loop.post([this] { parts_.bus.open(); });
}

void PowerGuard::answer(bool safe, HttpServer::Reply reply) {
    if (safe) return reply(control_answer(R"({"safe":true})"));
    reply(control_answer(fail(ErrorCode::kUnavailable, "the disk does not take what was handed over")));
}

}  // namespace tillkeeper::agent
