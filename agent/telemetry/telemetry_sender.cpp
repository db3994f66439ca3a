#include "agent/telemetry/telemetry_sender.h"

#include <utility>

#include "platform/log.h"
#include "sync/answer.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kTimeout = std::chrono::seconds(10);
constexpr std::size_t kBodyBytesMax = std::size_t{1} << 20;
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 10;

}  // namespace

TelemetrySender::TelemetrySender(TelemetryParts parts, TelemetryConfig config, std::function<void(Given)> gather)
    : parts_(parts), config_(std::move(config)), gather_(std::move(gather)) {}

void TelemetrySender::start() {
    timer_ = parts_.loop.after(config_.every, [this] {
        beat();
        start();
    });
}

void TelemetrySender::beat() {
    if (asked_ || call_ || parts_.clock.monotonic() < not_before_) return;
    asked_ = true;
    gather_([this](std::string body) {
        asked_ = false;
        send(std::move(body));
    });
}

void TelemetrySender::send(std::string body) {
    if (body.size() > kBodyBytesMax) {
        HttpResponse too_much;
        too_much.failure = TransportFailure::kTooLarge;
        too_much.failure_text = "more than 1 MiB of measurements";
        return ended(too_much);
    }
    HttpRequest request;
    request.method = "POST";
    request.url = config_.url + "/v1/metrics";
    request.headers = config_.headers;
    request.headers.emplace_back("content-type", "application/json");
    request.body = std::move(body);
    request.connect_timeout = kTimeout;
    request.total_timeout = kTimeout;
    request.response_bytes_max = kAnswerBytesMax;
    request.ca_file = config_.ca_file;
    call_ = parts_.http.send(std::move(request), [this](HttpResponse response) {
        const auto over = std::move(call_);
        ended(response);
    });
}

// Once per change of reason. What people do on purpose is no trouble.
void TelemetrySender::ended(const HttpResponse& response) {
    if (response.failure == TransportFailure::kByStaff) return;
    std::string trouble;
    if (response.failure != TransportFailure::kNone)
        trouble = response.failure_text;
    else if (response.status / 100 != 2)
        trouble = "HTTP " + std::to_string(response.status);
    if (!trouble.empty())
        if (const auto asked = sync::parse_retry_after(response.header("retry-after"), parts_.clock.wall()))
            not_before_ = parts_.clock.monotonic() + *asked;
    if (trouble == trouble_) return;
    trouble_ = std::move(trouble);
    if (trouble_.empty()) return log(LogLevel::kNotice, "telemetry arrives again");
    log(LogLevel::kWarning, "telemetry does not arrive", {{"reason", trouble_}});
}

}  // namespace tillkeeper::agent
