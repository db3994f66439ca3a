// What a Puller does when: rest, wait for its turn, ask; and what it notes about its state.
#include "sync/puller.h"

#include <algorithm>
#include <utility>

#include "platform/log.h"

namespace tillkeeper::sync {
namespace {

constexpr Duration kLookAround = std::chrono::minutes(1);  // at the age of what is here
constexpr Duration kForgetEvery = std::chrono::hours(1);
constexpr Duration kTidyEvery = std::chrono::milliseconds(20);

}  // namespace

Puller::Puller(SourceConfig config, SourceParts parts, std::optional<JqProgram> program)
    : config_(std::move(config)),
      parts_(std::move(parts)),
      sync_(parts_.sync),
      program_(std::move(program)),
      policy_(config_.every) {
    status_.collection = config_.collection;
}

Result<void> Puller::prepare() {
    auto wallet = OAuthWallet::make(config_.oauth, config_.ca_file, sync_, [this] { step_after(Duration::zero()); });
    if (!wallet) return fail(wallet.error().code, config_.collection + ": " + wallet.error().message);
    wallet_ = std::move(*wallet);
    return {};
}

void Puller::start() {
    started_ = true;
    const auto now = sync_.clock.monotonic();
    auto state = parts_.mirrors.state(config_.collection);
    auto run = parts_.mirrors.unfinished(config_.collection);
    if (state) status_.mirror = std::move(*state);
    if (config_.url.empty()) return forget_old_answers();
    if (run && *run) {
        run_ = std::move(*run);
        position_ = PullPosition::from(run_->page);
    }
    const bool at_once = run_ || !status_.mirror.complete;
    policy_.start(at_once ? std::nullopt : age(), now, sync_.random);
    step_after(Duration::zero());
}

// A collection that is only asked live has no runs: its answers age one by one.
void Puller::forget_old_answers() {
    if (sync_.device.clock_trusted()) {
        const auto forgotten = parts_.mirrors.forget_answers(config_.collection, sync_.clock.wall() - config_.keep);
        note(forgotten ? "" : "disk", forgotten ? "" : forgotten.error().message);
    }
    timer_ = sync_.loop.after(std::min(config_.keep, kForgetEvery), [this] { forget_old_answers(); });
}

void Puller::retry_now() {
    if (!started_) return;
    policy_.retry_now(sync_.clock.monotonic());
    wallet_->retry_now();
    step_after(Duration::zero());
}

SourceStatus Puller::status() const {
    SourceStatus now = status_;
    now.pulling = state_ != PullState::kResting || run_;
    return now;
}

void Puller::step_after(Duration wait) {
    if (!started_ || config_.url.empty() || state_ == PullState::kAsking) return;
    timer_ = sync_.loop.after(std::max(wait, Duration::zero()), [this] { step(); });
}

void Puller::step() {
    const auto fired = std::move(timer_);
    switch (state_) {
        case PullState::kResting:
            return rest();
        case PullState::kWaiting:
            return wait();
        case PullState::kAsking:
            return;
        case PullState::kApplying:
            return apply_slice();
    }
}

void Puller::rest() {
    const auto now = sync_.clock.monotonic();
    let_go_if_too_old();
    if (policy_.due(now)) {
        state_ = next(state_, PullEvent::kDue);
        return wait();
    }
    const bool more = tidy();
    step_after(std::min(policy_.next() - now, more ? kTidyEvery : kLookAround));
}

// A page is wanted. First the token, then the sales.
void Puller::wait() {
    const auto now = sync_.clock.monotonic();
    if (!wallet_->ready()) {
        if (!wallet_->cause().empty()) note(wallet_->cause(), wallet_->reason());
        return step_after(std::min(wallet_->next_change() - now, kLookAround));
    }
    const Duration turn = PullPolicy::wait_for_sales(parts_.sales_wait(), age(), config_.fresh, now - page_at_);
    if (turn > Duration::zero()) return step_after(turn);
    ask();
}

void Puller::ask() {
    if (!why_not_next(config_, position_.page, {}).empty())  // the configuration is another one since
        return begin_again("the page to go on from is not one of this address");
    const bool cursor_taken = takes_cursor(config_) && !full_next_ && status_.mirror.complete;
    if (!run_)
        asked_ = {.full = !cursor_taken || status_.mirror.cursor.empty(),
                  .page = {},
                  .started = sync_.clock.wall(),
                  .delivered = delivered()};
    const bool full = run_ ? run_->full : asked_.full;
    const bool whole = status_.mirror.complete && status_.mirror.cursor.empty() && !run_;
    validated_ = whole && !full_next_ && !status_.mirror.validator.empty();
    auto request = page_request(config_, position_.page, full ? std::string_view() : status_.mirror.cursor,
                                validated_ ? status_.mirror.validator : std::string_view());
    token_generation_ = wallet_->generation();
    state_ = next(state_, PullEvent::kAsked);
    call_ = wallet_->send(std::move(request), [this](HttpResponse response) {
        const auto ended = std::move(call_);
        on_response(std::move(response));
    });
}

// The newest deliveries are in the figures that a page brings if they were acknowledged before it was asked for.
storage::JournalNumber Puller::delivered() const {
    return config_.knows_deliveries_of.empty() ? 0 : parts_.delivered(config_.knows_deliveries_of);
}

std::optional<Duration> Puller::age() const {
    if (!status_.mirror.as_of) return {};
    return sync_.clock.wall() - *status_.mirror.as_of;
}

void Puller::failed(std::string cause, std::string reason, std::optional<Duration> retry_after) {
    note(std::move(cause), std::move(reason));
    policy_.failed(sync_.clock.monotonic(), sync_.random, retry_after);
    page_ = {};
    whole_ = false;
    state_ = next(state_, PullEvent::kFailed);
    step_after(policy_.next() - sync_.clock.monotonic());
}

void Puller::disk_failed(const Error& error) {
    failed("disk", error.message);
}

void Puller::note(std::string cause, std::string reason) {
    if (status_.cause != cause || status_.reason != reason)
        log(cause.empty() ? LogLevel::kNotice : LogLevel::kWarning, cause.empty() ? "copies go on" : "copies wait",
            {{"collection", config_.collection}, {"cause", cause}, {"reason", reason}});
    status_.cause = std::move(cause);
    status_.reason = std::move(reason);
}

bool Puller::tidy() {
    if (!untidy_) return false;
    const auto more = parts_.mirrors.tidy();
    untidy_ = more && *more;  // a disk that fails says so at the next page
    return untidy_;
}

// A clock that nobody has set does not decide what is old.
void Puller::let_go_if_too_old() {
    if (!sync_.device.clock_trusted()) return;
    auto since = status_.mirror.as_of;
    if (!since && run_) since = run_->started;
    if (!since || sync_.clock.wall() - *since <= config_.keep) return;
    if (auto dropped = parts_.mirrors.drop(config_.collection); !dropped) return note("disk", dropped.error().message);
    log(LogLevel::kNotice, "a copy is too old and is not kept", {{"collection", config_.collection}});
    status_.mirror = {};
    run_.reset();
    position_ = {};
    untidy_ = true;
    parts_.changed(config_.collection);
}

}  // namespace tillkeeper::sync
