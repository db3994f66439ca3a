#include "agent/cli/daemon_call.h"

#include "agent/cli/json_view.h"
#include "platform/linux-arm/asio_event_loop.h"
#include "platform/linux-arm/curl_http.h"

namespace tillkeeper::cli {
namespace {

constexpr auto kPatience = std::chrono::minutes(10);  // verify reads the whole journal
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 20;

ErrorCode code_of(int status) {
    if (status == 404) return ErrorCode::kNotFound;
    return status == 503 ? ErrorCode::kUnavailable : ErrorCode::kInvalid;
}

}  // namespace

Result<std::string> call_daemon(const std::string& socket, const std::string& method, const std::string& path_and_query,
                                const std::string& body) {
    AsioEventLoop loop;
    const auto http = make_http_client(loop);
    HttpRequest request;
    request.method = method;
    request.url = "http://localhost" + path_and_query;
    request.unix_socket = socket;
    request.body = body;
    request.total_timeout = kPatience;
    request.response_bytes_max = kAnswerBytesMax;
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");

    HttpResponse response;
    const auto call = http->send(std::move(request), [&](HttpResponse got) {
        response = std::move(got);
        loop.stop();
    });
    loop.run();
    if (response.failure != TransportFailure::kNone)
        return fail(ErrorCode::kUnavailable,
                    "the daemon does not answer at " + socket + "; does it run? (systemctl status tillkeeper)");
    if (response.status == 200) return std::move(response.body);
    const JsonDocument document(response.body);
    return fail(code_of(response.status), document.root().text("error"));
}

void wait_for(Duration time) {
    AsioEventLoop loop;
    Timer timer;
    loop.post([&] { timer = loop.after(time, [&] { loop.stop(); }); });
    loop.run();
}

std::string percent_encoded(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    static constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (kPlain.find(c) != std::string_view::npos)
            out += c;
        else
            out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
    return out;
}

}  // namespace tillkeeper::cli
