#include "tests/simulation/network.h"

#include <array>
#include <utility>

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kRepeatedFor = seconds(1);  // what TCP sends in vain

}  // namespace

std::string_view name_of(Weather weather) {
    static constexpr std::array<std::string_view, kWeathers> kNames{
        "fine", "no route", "no DNS", "refused", "a black hole", "half-dead", "resetting", "slow", "flaky"};
    return kNames[static_cast<std::size_t>(weather)];
}

class Network::Call final : public HttpCall {
  public:
    Call(Network& network, std::uint64_t exchange) : network_(network), exchange_(exchange) {}
    ~Call() override {
        if (const auto found = network_.exchanges_.find(exchange_); found != network_.exchanges_.end())
            found->second.done = nullptr;
    }
    [[nodiscard]] bool unheard() const override { return network_.swallows(exchange_); }

  private:
    Network& network_;
    std::uint64_t exchange_;
};

Weather Network::weather() const {
    return schedule_.clock.since_start() < until_ ? weather_ : Weather::kFine;
}

void Network::become(Weather weather, Duration until) {
    weather_ = weather;
    until_ = until;
}

Duration Network::latency() {
    const Duration usual = milliseconds(5) + Duration(random_.below(30'000));
    return weather() == Weather::kSlow ? usual + milliseconds(random_.below(4000)) : usual;
}

std::unique_ptr<HttpCall> Network::send(HttpRequest request, Callback done) {
    on_sent(request);
    const Duration connect_timeout = request.connect_timeout;
    const std::uint64_t exchange = ++last_;
    exchanges_.emplace(exchange, Exchange{std::move(request), std::move(done), schedule_.clock.since_start()});
    const bool lucky = weather() != Weather::kFlaky || random_.below(2) == 0;
    switch (weather()) {
        case Weather::kNoRoute:
            fail(exchange, TransportFailure::kNoRoute, milliseconds(1));
            break;
        case Weather::kNoDns:
            fail(exchange, TransportFailure::kNoDns, milliseconds(20));
            break;
        case Weather::kRefused:
            fail(exchange, TransportFailure::kRefused, milliseconds(3));
            break;
        case Weather::kBlackHole:
            exchanges_.at(exchange).lost = true;
            fail(exchange, TransportFailure::kNoRoute, connect_timeout);
            break;
        default:
            if (lucky)
                schedule_.world.later(latency(), [this, exchange] { arrive(exchange); });
            else
                fail(exchange, TransportFailure::kNoRoute, milliseconds(1));
    }
    return std::make_unique<Call>(*this, exchange);
}

bool Network::swallows(std::uint64_t exchange) const {
    const auto found = exchanges_.find(exchange);
    return found != exchanges_.end() && found->second.lost &&
           schedule_.clock.since_start() - found->second.sent_at >= kRepeatedFor;
}

void Network::arrive(std::uint64_t exchange) {
    if (weather() == Weather::kResets && random_.below(2) == 0)
        return fail(exchange, TransportFailure::kBroken, milliseconds(1));
    Exchange& arrived = exchanges_.at(exchange);
    const Duration timeout = arrived.request.total_timeout - (schedule_.clock.since_start() - arrived.sent_at);
    HttpResponse response = cloud(arrived.request, arrived.sent_at);
    // From here on the request has had its effect, whatever becomes of the answer.
    arrived.lost =
        weather() == Weather::kHalfDead || weather() == Weather::kBlackHole || weather() == Weather::kNoRoute;
    if (arrived.lost) return fail(exchange, TransportFailure::kTimeout, timeout);
    if (weather() == Weather::kResets) return fail(exchange, TransportFailure::kBroken, milliseconds(1));
    const Duration late = thinks();
    if (late > timeout) return fail(exchange, TransportFailure::kTimeout, timeout);
    answer(exchange, std::move(response), late + latency());
}

void Network::fail(std::uint64_t exchange, TransportFailure failure, Duration after) {
    HttpResponse response;
    response.failure = failure;
    response.failure_text = "simulated failure";
    answer(exchange, std::move(response), after);
}

void Network::answer(std::uint64_t exchange, HttpResponse response, Duration after) {
    schedule_.sync.later(after, [this, exchange, response = std::move(response)]() mutable {
        auto ended = exchanges_.extract(exchange);
        if (!ended.mapped().done) return;
        on_heard(ended.mapped().request, response);
        ended.mapped().done(std::move(response));
    });
}

}  // namespace tillkeeper::simulation
