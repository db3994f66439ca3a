#include "tests/simulation/network.h"

#include <array>
#include <utility>

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

std::string_view name_of(Weather weather) {
    static constexpr std::array<std::string_view, kWeathers> kNames{
        "fine", "no route", "no DNS", "refused", "a black hole", "half-dead", "resetting", "slow", "flaky"};
    return kNames[static_cast<std::size_t>(weather)];
}

struct Network::Exchange {
    HttpRequest request;
    Callback done;  // empty once the call was cancelled or answered
    Duration sent_at{};
};

class Network::Call final : public HttpCall {
  public:
    explicit Call(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
    ~Call() override { exchange_->done = nullptr; }

  private:
    std::shared_ptr<Exchange> exchange_;
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
    auto exchange = std::make_shared<Exchange>();
    exchange->request = std::move(request);
    exchange->done = std::move(done);
    exchange->sent_at = schedule_.clock.since_start();
    on_sent(exchange->request);
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
            fail(exchange, TransportFailure::kTimeout, exchange->request.connect_timeout);
            break;
        default:
            if (lucky)
                schedule_.world.later(latency(), [this, exchange] { arrive(exchange); });
            else
                fail(exchange, TransportFailure::kNoRoute, milliseconds(1));
    }
    return std::make_unique<Call>(exchange);
}

void Network::arrive(const std::shared_ptr<Exchange>& exchange) {
    if (weather() == Weather::kResets && random_.below(2) == 0)
        return fail(exchange, TransportFailure::kBroken, milliseconds(1));
    HttpResponse response = cloud(exchange->request, exchange->sent_at);
    // From here on the request has had its effect, whatever becomes of the answer.
    if (weather() == Weather::kHalfDead || weather() == Weather::kBlackHole || weather() == Weather::kNoRoute)
        return fail(exchange, TransportFailure::kTimeout,
                    exchange->request.total_timeout - (schedule_.clock.since_start() - exchange->sent_at));
    if (weather() == Weather::kResets) return fail(exchange, TransportFailure::kBroken, milliseconds(1));
    answer(exchange, std::move(response), latency());
}

void Network::fail(const std::shared_ptr<Exchange>& exchange, TransportFailure failure, Duration after) {
    HttpResponse response;
    response.failure = failure;
    response.failure_text = "simulated failure";
    answer(exchange, std::move(response), after);
}

void Network::answer(const std::shared_ptr<Exchange>& exchange, HttpResponse response, Duration after) {
    schedule_.sync.later(after, [this, exchange, response = std::move(response)]() mutable {
        if (!exchange->done) return;
        on_heard(exchange->request, response);
        auto done = std::exchange(exchange->done, nullptr);
        done(std::move(response));
    });
}

}  // namespace tillkeeper::simulation
