#include "agent/local/page.h"

#include "agent/contract/problem.h"

namespace tillkeeper::agent {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

constexpr std::string_view kHead = R"(<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="refresh" content="5">
<title>Tillkeeper</title><link rel="stylesheet" href="/page.css"><main>)";

constexpr std::string_view kStyle = R"(body{font:1.25rem/1.5 system-ui,sans-serif;margin:0;color:#111;background:#fff}
main{max-width:60rem;margin:auto;padding:1rem}h1{font-size:clamp(2rem,6vw,4rem);line-height:1.15;padding:1rem;border-left:1.5rem solid #157f3b}
h1.offline,h1.degraded{border-color:#b45309;border-left-style:double}h1.stopped{border-color:#b91c1c;border-left-style:dotted}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem;border-bottom:1px solid #999}
@media(prefers-color-scheme:dark){body{color:#eee;background:#111}})";

std::string page(const StoreState& s) {
    std::string out(kHead);
    out += "<h1 class=\"" + (s.not_accepting.empty() ? escaped(s.state) : "stopped") + "\">" + escaped(sentence(s)) +
           "</h1>";
    out +=
        "<p>Store " + escaped(s.store) + ". Waiting for a person: " + std::to_string(s.held + s.quarantined) + ".</p>";
    if (s.differences > 0)
        out += "<p>Booked otherwise by the cloud: " + std::to_string(s.differences) +
               ". Headquarters settles that; tills go on.</p>";
    out += "<table><tr><th>Destination<th>State<th>Behind<th>Held</tr>";
    for (const auto& d : s.destinations)
        out += "<tr><td>" + escaped(d.sync.name) + "<td>" +
               (d.sync.cause.empty() ? "reached" : "waits: " + escaped(d.sync.cause)) + "<td>" +
               std::to_string(d.behind) + "<td>" + std::to_string(d.held) + "</tr>";
    return out + "</table></main></html>";
}

ServerResponse health(const StoreState& state) {
    ServerResponse response;
    response.status = state.not_accepting.empty() ? 200 : 503;
    response.body = state.not_accepting.empty() ? R"({"accepting":true})"
                                                : R"({"accepting":false,"reason":)" + quoted(state.not_accepting) + '}';
    return response;
}

}  // namespace

ServerResponse serve_page(const ServerRequest& request, const StoreState& state, const Metrics& metrics) {
    ServerResponse response;
    response.headers = {{"Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Cache-Control", "no-store"}};
    if (request.method != "GET") {
        response.status = 405;
    } else if (request.path == "/") {
        response.content_type = "text/html; charset=utf-8";
        response.body = page(state);
    } else if (request.path == "/page.css") {
        response.content_type = "text/css";
        response.body = kStyle;
    } else if (request.path == "/api/status") {
        response.body = to_json(state);
    } else if (request.path == "/metrics") {
        response.content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        response.body = metrics.text();
    } else if (request.path == "/healthz") {
        return health(state);
    } else {
        response.status = 404;
        response.body = R"({"error":"no such path"})";
    }
    return response;
}

}  // namespace tillkeeper::agent
