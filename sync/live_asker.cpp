#include "sync/live_asker.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sync/live_answer.h"
#include "sync/source_request.h"

namespace tillkeeper::sync {
namespace {

using Outcome = LiveAnswer::Outcome;

LiveAnswer no_answer(std::string cause) {
    return {.outcome = Outcome::kNoAnswer, .key = {}, .body = {}, .cause = std::move(cause)};
}

std::string cause_of_login(const std::string& cause) {
    return cause == "login" || cause == "service" ? cause : "offline";
}

}  // namespace

LiveAsker::LiveAsker(SourceConfig config, SyncParts& sync, std::optional<JqProgram> program)
    : config_(std::move(config)), sync_(sync), program_(std::move(program)), policy_(config_.live->missed_max) {}

Result<void> LiveAsker::prepare() {
    auto wallet = OAuthWallet::make(config_.oauth, config_.ca_file, sync_, [this] { dispatch_waiting(); });
    if (!wallet) return fail(wallet.error().code, config_.collection + ": " + wallet.error().message);
    wallet_ = std::move(*wallet);
    return {};
}

void LiveAsker::ask(const std::string& field, const std::string& value, MonotonicTime deadline,
                    std::move_only_function<void(LiveAnswer)> done) {
    if (!policy_.asks()) return done(no_answer(cause_));
    if (sync_.clock.monotonic() >= deadline) return done(no_answer("deadline"));
    if (open_.size() >= kLiveQuestionsMax) return done(no_answer("busy"));
    probe_field_ = field;
    probe_value_ = value;
    open({.field = field, .value = value, .done = std::move(done)}, deadline);
}

void LiveAsker::open(Question question, MonotonicTime deadline) {
    const std::uint64_t number = ++last_number_;
    question.timer =
        sync_.loop.after(deadline - sync_.clock.monotonic(), [this, number] { end(number, no_answer("deadline")); });
    open_.emplace(number, std::move(question));
    dispatch(number);
}

void LiveAsker::dispatch(std::uint64_t number) {
    const auto found = open_.find(number);
    if (found == open_.end()) return;
    if (!wallet_->ready()) {
        if (!wallet_->cause().empty()) end(number, no_answer(cause_of_login(wallet_->cause())));
        return;
    }
    Question& question = found->second;
    auto request = live_request(config_, question.field, question.value);
    question.token_generation = wallet_->generation();
    question.call = wallet_->send(std::move(request),
                                  [this, number](const HttpResponse& response) { on_response(number, response); });
}

// A token has come, or none will: those who wait for it.
void LiveAsker::dispatch_waiting() {
    std::vector<std::uint64_t> waiting;
    for (const auto& [number, question] : open_)
        if (!question.call) waiting.push_back(number);
    std::ranges::for_each(waiting, [this](std::uint64_t number) { dispatch(number); });
}

void LiveAsker::on_response(std::uint64_t number, const HttpResponse& response) {
    const auto found = open_.find(number);
    if (found == open_.end()) return;
    if (response.status == 401)
        wallet_->refused(found->second.token_generation);
    else if (response.status != 0)
        wallet_->worked(found->second.token_generation);
    end(number, read_live(response, config_, program_ ? &*program_ : nullptr));
}

// The question's call and timer go with it: what is still under way is cancelled.
void LiveAsker::end(std::uint64_t number, LiveAnswer answer) {
    auto ended = open_.extract(number);
    if (ended.empty()) return;
    learn(ended.mapped(), answer);
    if (ended.mapped().done) ended.mapped().done(std::move(answer));
}

void LiveAsker::learn(const Question& question, const LiveAnswer& answer) {
    const auto now = sync_.clock.monotonic();
    if (question.probe) probing_ = false;
    if (answer.outcome != Outcome::kNoAnswer)
        policy_.answered();
    else if (question.probe)
        policy_.probe_missed(now, sync_.random);
    else if (answer.cause == "offline" || answer.cause == "login")
        policy_.failed(now, sync_.random);
    else
        policy_.missed(now, sync_.random);
    if (answer.outcome == Outcome::kNoAnswer && !policy_.asks()) cause_ = answer.cause;
    worth_ = policy_.asks();
    arm_probe();
}

void LiveAsker::arm_probe() {
    if (policy_.asks())
        probe_timer_.reset();
    else if (!probing_)
        probe_timer_ = sync_.loop.after(std::max(policy_.next_probe() - sync_.clock.monotonic(), Duration::zero()),
                                        [this] { probe(); });
}

void LiveAsker::probe() {
    const auto fired = std::move(probe_timer_);
    probing_ = true;
    open({.field = probe_field_, .value = probe_value_, .done = {}, .probe = true},
         sync_.clock.monotonic() + config_.live->deadline);
}

Result<std::unique_ptr<LiveSource>> LiveSource::make(const SourceConfig& config, SyncParts& parts) {
    if (auto good = check(config); !good) return std::unexpected(good.error());
    if (!config.live) return fail(ErrorCode::kInvalid, config.collection + ": it has no live address");
    std::optional<JqProgram> program;
    if (!config.live->answer.empty()) {
        auto compiled = JqProgram::compile(config.live->answer, config.collection + ".live.answer");
        if (!compiled) return std::unexpected(compiled.error());
        program = std::move(*compiled);
    }
    auto asker = std::make_unique<LiveAsker>(config, parts, std::move(program));
    if (auto prepared = asker->prepare(); !prepared) return std::unexpected(prepared.error());
    return asker;
}

}  // namespace tillkeeper::sync
