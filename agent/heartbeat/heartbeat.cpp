#include "agent/heartbeat/heartbeat.h"

#include <algorithm>
#include <utility>

#include "platform/log.h"
#include "sync/answer.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kTimeout = std::chrono::seconds(30);
constexpr Duration kTokenWait = std::chrono::seconds(1);
constexpr std::size_t kAnswerBytesMax = 16 * 1024;

}  // namespace

Result<std::unique_ptr<Heartbeat>> Heartbeat::make(HeartbeatConfig config, sync::SyncParts sync, Report report) {
    std::unique_ptr<Heartbeat> made(new Heartbeat(std::move(config), std::move(sync), std::move(report)));
    auto wallet = sync::OAuthWallet::make(made->config_.oauth, made->config_.ca_file, made->sync_, [] {});
    if (!wallet) return fail(wallet.error().code, "heartbeat: " + wallet.error().message);
    made->wallet_ = std::move(*wallet);
    return made;
}

void Heartbeat::start() {
    const auto most = static_cast<std::uint64_t>(config_.every.count());
    later(Duration(static_cast<Duration::rep>(sync_.random.below(most))));
}

void Heartbeat::later(Duration time) {
    next_ = sync_.loop.after(time, [this] {
        const auto fired = std::move(next_);
        beat();
    });
}

void Heartbeat::beat() {
    if (!wallet_->ready()) {
        // A token on its way is waited for, a login that fails is not.
        if (wallet_->cause().empty()) return later(kTokenWait);
        note(wallet_->reason());
        return later(config_.every);
    }
    HttpRequest request;
    request.body = report_();
    if (request.body.empty()) return later(config_.every);
    request.method = "POST";
    request.url = config_.url;
    request.ca_file = config_.ca_file;
    request.total_timeout = kTimeout;
    request.response_bytes_max = kAnswerBytesMax;
    request.headers = {{"content-type", "application/json"}};
    generation_ = wallet_->generation();
    call_ = wallet_->send(std::move(request), [this](const HttpResponse& response) {
        const auto ended = std::move(call_);
        heard(response);
    });
}

void Heartbeat::heard(const HttpResponse& response) {
    // What people do on purpose is no trouble.
    if (response.failure == TransportFailure::kByStaff) return later(config_.every);
    if (response.status == 401)
        wallet_->refused(generation_);
    else if (response.status != 0)
        wallet_->worked(generation_);
    const bool taken = response.failure == TransportFailure::kNone && response.status >= 200 && response.status < 300;
    if (taken)
        note("");
    else
        note(response.failure != TransportFailure::kNone ? response.failure_text
                                                         : "it answers " + std::to_string(response.status));
    const auto asked = sync::parse_retry_after(response.header("retry-after"), sync_.clock.wall());
    later(taken ? config_.every : std::max(config_.every, asked.value_or(Duration::zero())));
}

void Heartbeat::note(const std::string& trouble) {
    if (trouble == std::exchange(trouble_, trouble)) return;
    if (trouble.empty()) return log(LogLevel::kNotice, "heartbeat", {{"state", "heard"}});
    log(LogLevel::kWarning, "heartbeat", {{"state", "not heard"}, {"reason", trouble}});
}

}  // namespace tillkeeper::agent
