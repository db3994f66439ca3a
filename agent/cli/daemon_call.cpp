#include "agent/cli/daemon_call.h"

#include <optional>

#include "agent/cli/json_view.h"
#include "platform/linux-arm/asio_event_loop.h"
#include "platform/linux-arm/curl_http.h"

namespace tillkeeper::cli {
namespace {

constexpr Duration kBetweenQuestions = std::chrono::milliseconds(200);
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 20;

ErrorCode code_of(int status) {
    if (status == 404) return ErrorCode::kNotFound;
    return status == 503 ? ErrorCode::kUnavailable : ErrorCode::kInvalid;
}

HttpRequest request_of(const std::string& socket, const std::string& method, const std::string& path_and_query,
                       Duration patience) {
    HttpRequest request;
    request.method = method;
    request.url = "http://localhost" + path_and_query;
    request.unix_socket = socket;
    request.total_timeout = patience;
    request.response_bytes_max = kAnswerBytesMax;
    return request;
}

Result<std::string> answer_of(HttpResponse response, const std::string& socket) {
    if (response.failure != TransportFailure::kNone)
        return fail(ErrorCode::kUnavailable,
                    "the daemon does not answer at " + socket + "; does it run? (systemctl status tillkeeper)");
    if (response.status == 200) return std::move(response.body);
    const JsonDocument document(response.body);
    const auto error = document.root().text("error");
    return fail(code_of(response.status), error.empty() ? document.root().text("reason") : error);
}

// Asks beside another question, one at a time, until it is destroyed.
class Beside {
  public:
    Beside(AsioEventLoop& loop, HttpClient& http, std::string socket, std::string path,
           const std::function<void(const std::string&)>& told)
        : loop_(loop), http_(http), socket_(std::move(socket)), path_(std::move(path)), told_(told) {}
    void later() {
        timer_ = loop_.after(kBetweenQuestions, [this] { ask(); });
    }

  private:
    void ask() {
        call_ = http_.send(request_of(socket_, "GET", path_, kLongPatience), [this](const HttpResponse& got) {
            if (got.failure == TransportFailure::kNone && got.status == 200) told_(got.body);
            later();
        });
    }

    AsioEventLoop& loop_;
    HttpClient& http_;
    const std::string socket_, path_;
    const std::function<void(const std::string&)>& told_;
    std::unique_ptr<HttpCall> call_;
    Timer timer_;
};

}  // namespace

Result<std::string> call_daemon(const std::string& socket, const std::string& method, const std::string& path_and_query,
                                const std::string& body, Duration patience) {
    AsioEventLoop loop;
    const auto http = make_http_client(loop);
    auto request = request_of(socket, method, path_and_query, patience);
    request.body = body;
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    HttpResponse response;
    const auto call = http->send(std::move(request), [&](HttpResponse got) {
        response = std::move(got);
        loop.stop();
    });
    loop.run();
    return answer_of(std::move(response), socket);
}

Result<std::string> call_daemon_beside(const std::string& socket, const std::string& path, const std::string& beside,
                                       const std::function<void(const std::string&)>& told) {
    AsioEventLoop loop;
    const auto http = make_http_client(loop);
    std::optional<HttpResponse> response;
    Beside asking(loop, *http, socket, beside, told);
    const auto call = http->send(request_of(socket, "GET", path, kLongPatience), [&](HttpResponse got) {
        response = std::move(got);
        loop.stop();
    });
    loop.post([&] { asking.later(); });
    loop.run();
    return answer_of(std::move(*response), socket);
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
