// Network: the way from the box to the cloud, as an HttpClient in virtual time. It can be cut, swallow everything, let
// requests out and no answer in, break connections in the middle, or crawl.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "platform/http.h"
#include "platform/random.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/virtual_time.h"

namespace tillkeeper::simulation {

enum class Weather : std::uint8_t { kFine, kNoRoute, kNoDns, kRefused, kBlackHole, kHalfDead, kResets, kSlow, kFlaky };
inline constexpr std::size_t kWeathers = 9;
[[nodiscard]] std::string_view name_of(Weather weather);

class Network final : public HttpClient {
  public:
    // What the cloud answers, at the moment a request arrives.
    using Cloud = std::function<HttpResponse(const HttpRequest&, Duration sent_at)>;

    Network(Schedule& schedule, Random& random, Trace& trace) : schedule_(schedule), random_(random), trace_(trace) {}

    [[nodiscard]] std::unique_ptr<HttpCall> send(HttpRequest request, Callback done) override;

    // Until then; afterwards it is fine again.
    void become(Weather weather, Duration until);
    [[nodiscard]] Weather weather() const;
    [[nodiscard]] Duration bad_until() const { return until_; }
    // A request left the box.
    std::function<void(const HttpRequest&)> on_sent = [](const HttpRequest&) {};
    // The box has heard this answer.
    std::function<void(const HttpRequest&, const HttpResponse&)> on_heard = [](const HttpRequest&,
                                                                               const HttpResponse&) {};
    Cloud cloud;
    // How long the cloud thinks about what it has just been asked.
    std::function<Duration()> thinks = [] { return Duration{}; };

  private:
    struct Exchange {
        HttpRequest request;
        Callback done;  // empty once the call was cancelled
        Duration sent_at{};
        bool lost = false;  // nobody will ever confirm or answer it
    };
    class Call;

    void arrive(std::uint64_t exchange);
    void answer(std::uint64_t exchange, HttpResponse response, Duration after);
    void fail(std::uint64_t exchange, TransportFailure failure, Duration after);
    [[nodiscard]] bool swallows(std::uint64_t exchange) const;
    [[nodiscard]] Duration latency();

    Schedule& schedule_;
    Random& random_;
    Trace& trace_;
    std::map<std::uint64_t, Exchange> exchanges_;  // until the box has heard the answer
    std::uint64_t last_ = 0;
    Weather weather_ = Weather::kFine;
    Duration until_{};
};

}  // namespace tillkeeper::simulation
