#include "agent/page/machine.h"

#include "agent/contract/problem.h"
#include "agent/page/guard.h"
#include "agent/page/request_parts.h"

namespace tillkeeper::agent {
namespace {

void answer_health(const StoreState& state, ServerResponse& response) {
    response.status = state.not_accepting.empty() ? 200 : 503;
    response.body = state.not_accepting.empty() ? R"({"accepting":true})"
                                                : R"({"accepting":false,"reason":)" + quoted(state.not_accepting) + '}';
}

// OpenMetrics, but for those who know the older form only.
void answer_metrics(const ServerRequest& request, const Metrics& metrics, ServerResponse& response) {
    const auto wanted = header(request, "accept");
    if (wanted.contains("text/plain") && !wanted.contains("openmetrics")) {
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        response.body = metrics.plain_text();
    } else {
        response.content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        response.body = metrics.text();
    }
}

}  // namespace

bool is_machine_path(std::string_view path) {
    return path == "/api/status" || path == "/metrics" || path == "/healthz";
}

std::optional<ServerResponse> answer_machine(const ServerRequest& request, const StoreState& state,
                                             const Metrics& metrics) {
    if (!is_machine_path(request.path)) return std::nullopt;
    ServerResponse response;
    response.headers = guarding_headers();
    if (request.path == "/api/status") {
        response.body = to_json(state);
    } else if (request.path == "/metrics") {
        answer_metrics(request, metrics, response);
    } else {
        answer_health(state, response);
    }
    if (request.method == "GET" || request.method == "HEAD") return response;
    return ServerResponse{405, "text/plain", "GET only\n", {{"Allow", "GET, HEAD"}}};
}

}  // namespace tillkeeper::agent
