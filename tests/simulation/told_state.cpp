#include "tests/simulation/told_state.h"

#include <algorithm>

namespace tillkeeper::simulation {
namespace {

using std::chrono::seconds;

constexpr Duration kNoticesCut = seconds(5);  // two, once something is on its way
constexpr Duration kNoticesFull = seconds(3);

}  // namespace

void ToldState::heard(const std::string& text) {
    const auto status = lab::Json::parse(text);
    check_forecast(status);
    if (state_.empty()) told_since_ = clock_.since_start();
    state_ = status["state"].text();
    quarantined_ = status["quarantined"].number();
    held_ = status["held"].number();
    accepting_ = status["accepting"].is_true();
    if (!accepting_) not_accepting_at_ = clock_.since_start();
}

// When it will be over: a week at most, or nothing.
void ToldState::check_forecast(const lab::Json& status) {
    constexpr std::int64_t kWeek = 7 * 24 * 3600;
    for (const auto& destination : status["destinations"].items())
        promises_.check(destination["eta_s"].number() <= kWeek,
                        "[agent-8] nobody can foresee that: " + destination.dump());
}

void ToldState::answered(const std::string& answer) {
    if (answer.find(R"("problem":"storage_full")") == std::string::npos) {
        if (answer.find(R"("outcome":"refused")") == std::string::npos) full_since_.reset();
        return;
    }
    const Duration now = clock_.since_start();
    const Duration since = std::max(full_since_.emplace(full_since_.value_or(now)), told_since_);
    if (now - since > kNoticesFull && !state_.empty())
        promises_.check(!accepting_ || not_accepting_at_ >= since,
                        "[agent-8] tills hear storage_full, and the store that sales are taken");
}

void ToldState::cut_off(Duration until) {
    cut_since_ = clock_.since_start();
    cut_until_ = until;
}

bool ToldState::something_waits(Duration from, Duration to) const {
    return std::ranges::any_of(promises_.sales(), [&](const Sale& sale) {
        if (!sale.told || sale.fate != Fate::kFine || !sale.refers_to.empty()) return false;
        if (sale.offered_at < from || sale.offered_at > to) return false;
        return std::ranges::any_of(promises_.systems(), [&](const auto& system) {
            return promises_.wants(system.first, sale) && !promises_.done_at(system.first, sale) &&
                   !promises_.held_by_right(system.first, sale);
        });
    });
}

void ToldState::look() {
    const Duration now = clock_.since_start();
    if (now >= cut_until_ || now < std::max(cut_since_, told_since_) + kNoticesCut) return;
    if (promises_.excused() || promises_.lossy()) return;
    promises_.check(state_ != "online" || !something_waits(cut_since_ + seconds(1), now - kNoticesCut),
                    "[agent-8] nothing gets to the cloud, sales wait, and the store is told that it is online");
}

bool ToldState::agrees(std::size_t quarantined, std::size_t held) const {
    return (quarantined > 0) == (quarantined_ > 0) && (held > 0) == (held_ > 0);
}

}  // namespace tillkeeper::simulation
