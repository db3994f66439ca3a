#include "sync/redeemer.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "sync/json_slices.h"
#include "sync/json_text.h"

namespace tillkeeper::sync {
namespace {

using Outcome = RedemptionWord::Outcome;

constexpr std::size_t kOpenMax = 64;
constexpr std::size_t kAnswerBytesMax = 16 * 1024;
constexpr auto kNever = std::numeric_limits<std::int64_t>::max();

RedemptionWord no_answer(bool maybe_booked) {
    return {.outcome = Outcome::kNoAnswer, .reason = {}, .balance = {}, .maybe_booked = maybe_booked};
}

// Whether the request can have reached the engine.
bool can_have_arrived(TransportFailure failure) {
    switch (failure) {
        case TransportFailure::kByStaff:
        case TransportFailure::kNoRoute:
        case TransportFailure::kNoDns:
        case TransportFailure::kRefused:
        case TransportFailure::kTls:
            return false;
        case TransportFailure::kNone:
        case TransportFailure::kTimeout:
        case TransportFailure::kBroken:
        case TransportFailure::kTooLarge:
            return true;
    }
    std::unreachable();
}

HttpRequest request_for(const RedemptionQuestion& question, const std::string& store, const RedeemerConfig& config) {
    HttpRequest request;
    request.method = "POST";
    request.url = config.url;
    request.ca_file = config.ca_file;
    request.connect_timeout = config.deadline;
    request.total_timeout = config.deadline;
    request.response_bytes_max = kAnswerBytesMax;
    request.headers = {{"content-type", "application/json"}, {"idempotency-key", question.id}};
    const auto text = [&](std::string_view name, std::string_view value) {
        request.body += name;
        append_json_string(request.body, value);
    };
    text(R"({"id":)", question.id);
    text(R"(,"store":)", store);
    text(R"(,"member_id":)", question.member_id);
    text(R"(,"transaction_id":)", question.transaction_id);
    request.body += R"(,"points":)" + std::to_string(question.points) + '}';
    return request;
}

}  // namespace

RedemptionWord read_redemption_word(const HttpResponse& response) {
    if (response.failure != TransportFailure::kNone) return no_answer(can_have_arrived(response.failure));
    // 4xx: the engine has looked at it and books nothing. Anything else but an answer in form may come from on the way.
    if (response.status >= 400 && response.status < 500) return no_answer(false);
    if (response.status != 200 || !is_json(response.body)) return no_answer(true);
    const auto said = json_string(json_member(response.body, "outcome"));
    RedemptionWord word;
    word.balance = json_integer(json_member(response.body, "balance"));
    word.reason = json_string(json_member(response.body, "reason")).value_or("");
    if (said == "approved")
        word.outcome = Outcome::kApproved;
    else if (said == "declined")
        word.outcome = Outcome::kDeclined;
    else
        return no_answer(true);
    return word;
}

Redeemer::Redeemer(RedeemerConfig config, SyncParts sync)
    : config_(std::move(config)), sync_(sync), policy_(config_.missed_max) {}

Result<std::unique_ptr<Redeemer>> Redeemer::make(RedeemerConfig config, SyncParts sync) {
    std::unique_ptr<Redeemer> made(new Redeemer(std::move(config), sync));
    auto wallet = OAuthWallet::make(made->config_.oauth, made->config_.ca_file, made->sync_,
                                    [self = made.get()] { self->keep_token(); });
    if (!wallet) return fail(wallet.error().code, "loyalty: " + wallet.error().message);
    made->wallet_ = std::move(*wallet);
    return made;
}

void Redeemer::start() {
    keep_token();
}

// A token is at hand before somebody stands at the till; those who asked meanwhile go on.
void Redeemer::keep_token() {
    static_cast<void>(wallet_->ready());
    std::vector<std::uint64_t> waiting;
    for (const auto& [number, open] : open_)
        if (!open.call) waiting.push_back(number);
    for (const auto number : waiting) dispatch(number);
    const auto next = wallet_->next_change();
    if (next == MonotonicTime::max()) return;
    token_timer_ = sync_.loop.after(std::max(next - sync_.clock.monotonic(), Duration::zero()), [this] {
        const auto fired = std::move(token_timer_);
        keep_token();
    });
}

bool Redeemer::worth_asking() const {
    return sync_.clock.monotonic().time_since_epoch().count() >= worth_from_.load(std::memory_order_relaxed);
}

void Redeemer::ask(const RedemptionQuestion& question, std::move_only_function<void(RedemptionWord)> done) {
    const bool probe = !policy_.asks();
    if (!worth_asking() || open_.size() >= kOpenMax)
        return sync_.loop.post([done = std::move(done)]() mutable { done(no_answer(false)); });
    if (probe) {
        probing_ = true;
        worth_from_ = kNever;
    }
    const auto number = ++last_number_;
    Open open{.request = request_for(question, sync_.store_id, config_), .done = std::move(done), .probe = probe};
    open.timer = sync_.loop.after(config_.deadline, [this, number] { on_deadline(number); });
    open_.emplace(number, std::move(open));
    sync_.loop.post([this, number] { dispatch(number); });
}

void Redeemer::dispatch(std::uint64_t number) {
    const auto place = open_.find(number);
    if (place == open_.end() || place->second.call) return;
    if (!wallet_->ready()) {
        if (wallet_->cause().empty()) return;  // a token is on its way
        learn(false, false, place->second.probe);
        return end(number, no_answer(false));
    }
    auto& open = place->second;
    open.token_generation = wallet_->generation();
    open.call = wallet_->send(std::move(open.request),
                              [this, number](const HttpResponse& response) { on_response(number, response); });
}

void Redeemer::on_response(std::uint64_t number, const HttpResponse& response) {
    const auto place = open_.find(number);
    if (place == open_.end()) return;
    if (response.status == 401)
        wallet_->refused(place->second.token_generation);
    else if (response.status != 0)
        wallet_->worked(place->second.token_generation);
    auto word = read_redemption_word(response);
    learn(word.outcome != Outcome::kNoAnswer, response.status != 0, place->second.probe);
    end(number, std::move(word));
}

void Redeemer::on_deadline(std::uint64_t number) {
    const auto place = open_.find(number);
    if (place == open_.end()) return;
    learn(false, true, place->second.probe);
    end(number, no_answer(place->second.call != nullptr));
}

void Redeemer::learn(bool answered, bool reached, bool probe) {
    const auto now = sync_.clock.monotonic();
    if (probe) probing_ = false;
    if (answered)
        policy_.answered();
    else if (probe)
        policy_.probe_missed(now, sync_.random);
    else if (!reached)
        policy_.failed(now, sync_.random);
    else
        policy_.missed(now, sync_.random);
    worth_from_ = policy_.asks() ? 0 : probing_ ? kNever : policy_.next_probe().time_since_epoch().count();
}

// Its call and timer go with it: what is still under way is cancelled.
void Redeemer::end(std::uint64_t number, RedemptionWord word) {
    auto ended = open_.extract(number);
    if (!ended.empty()) ended.mapped().done(std::move(word));
}

}  // namespace tillkeeper::sync
