#include "agent/telemetry/telemetry_sender.h"

#include <algorithm>
#include <utility>

#include "agent/telemetry/telemetry_answer.h"
#include "platform/log.h"
#include "sync/answer.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kTimeout = std::chrono::seconds(10);
constexpr std::size_t kBodyBytesMax = std::size_t{1} << 20;
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 10;
constexpr unsigned kDoublingsMax = 4;
constexpr unsigned kTriesMax = 8;

}  // namespace

TelemetrySender::TelemetrySender(TelemetryParts parts, const TelemetryConfig& config, TelemetrySource source,
                                 TelemetryDropped& dropped)
    : parts_(parts), config_(config), source_(std::move(source)), dropped_(dropped) {}

void TelemetrySender::start() {
    timer_ = parts_.loop.after(source_.every, [this] {
        beat();
        start();
    });
}

void TelemetrySender::beat() {
    if (asked_ || call_ || parts_.clock.monotonic() < not_before_) return;
    if (batch_.items > 0) return send();
    gather();
}

void TelemetrySender::gather() {
    asked_ = true;
    source_.gather([this](TelemetryBatch batch) {
        asked_ = false;
        batch_ = std::move(batch);
        tries_ = 0;
        if (batch_.items > 0) send();
    });
}

void TelemetrySender::send() {
    if (batch_.body.size() > kBodyBytesMax) {
        lose(std::exchange(batch_, {}).items);
        return note("more than 1 MiB at once");
    }
    HttpRequest request;
    request.method = "POST";
    request.url = config_.url + "/v1/" + std::string(to_string(source_.signal));
    request.headers = config_.headers;
    request.headers.emplace_back("content-type", "application/json");
    request.body = batch_.body;
    request.connect_timeout = kTimeout;
    request.total_timeout = kTimeout;
    request.response_bytes_max = kAnswerBytesMax;
    request.ca_file = config_.ca_file;
    sent_ = parts_.clock.monotonic();
    call_ = parts_.http.send(std::move(request), [this](HttpResponse response) {
        const auto over = std::move(call_);
        ended(response);
    });
}

void TelemetrySender::ended(const HttpResponse& response) {
    const auto fate = fate_of(response);
    const bool measured_anew = source_.signal == TelemetrySignal::kMetrics;
    if (fate == TelemetryFate::kNotSent) {  // what people do on purpose is no trouble
        if (measured_anew) batch_ = {};
        return;
    }
    note(trouble_of(response));
    if (fate != TelemetryFate::kTaken) wait_after(response);
    if (is_reached(response)) ++tries_;
    if (fate == TelemetryFate::kLater && !measured_anew && tries_ < kTriesMax) return;
    const auto items = std::exchange(batch_, {}).items;
    if (fate != TelemetryFate::kTaken) return lose(items);
    lose(rejected_of(source_.signal, response, items));
    failures_ = 0;
    if (!measured_anew) gather();  // there may be more
}

// From beat to beat the first time.
void TelemetrySender::wait_after(const HttpResponse& response) {
    not_before_ = sent_ + source_.every * (1U << std::min(failures_++, kDoublingsMax));
    if (const auto asked = sync::parse_retry_after(response.header("retry-after"), parts_.clock.wall()))
        not_before_ = std::max(not_before_, parts_.clock.monotonic() + *asked);
}

// Once per change of reason.
void TelemetrySender::note(const std::string& trouble) {
    if (trouble == trouble_) return;
    trouble_ = trouble;
    const auto signal = to_string(source_.signal);
    if (trouble_.empty()) return log(LogLevel::kNotice, "telemetry arrives again", {{"signal", signal}});
    log(LogLevel::kWarning, "telemetry does not arrive", {{"signal", signal}, {"reason", trouble_}});
}

}  // namespace tillkeeper::agent
