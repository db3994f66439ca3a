#include "agent/loyalty/engine_line.h"

#include <utility>

namespace tillkeeper::agent {
namespace {

constexpr Duration kGrace = std::chrono::milliseconds(200);  // for the way there and back

LiveRedemption heard(const sync::RedemptionWord& word) {
    using Said = sync::RedemptionWord::Outcome;
    const auto outcome = word.outcome == Said::kApproved   ? LiveRedemption::Outcome::kApproved
                         : word.outcome == Said::kDeclined ? LiveRedemption::Outcome::kDeclined
                                                           : LiveRedemption::Outcome::kNoAnswer;
    return {outcome, word.reason, word.balance, word.maybe_booked};
}

}  // namespace

void EngineLine::ask(const std::string& id, const RedemptionRequest& request,
                     std::move_only_function<void(LiveRedemption)> done) {
    const auto number = ++last_;
    auto timer = till_loop_.after(deadline_ + kGrace, [this, number] {
        end(number, {.outcome = LiveRedemption::Outcome::kNoAnswer, .reason = {}, .balance = {}, .maybe_booked = true});
    });
    waiting_.emplace(number, Waiting{std::move(done), std::move(timer)});
    sync::RedemptionQuestion question{id, request.member_id, request.points, request.transaction_id};
    sync_loop_.post([this, number, question = std::move(question)] {
        redeemer_.ask(question, [this, number](const sync::RedemptionWord& word) {
            till_loop_.post([this, number, answer = heard(word)]() mutable { end(number, std::move(answer)); });
        });
    });
}

void EngineLine::end(std::uint64_t number, LiveRedemption answer) {
    auto ended = waiting_.extract(number);
    if (!ended.empty()) ended.mapped().done(std::move(answer));
}

}  // namespace tillkeeper::agent
