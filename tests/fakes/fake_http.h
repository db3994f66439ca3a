// FakeHttp: an HttpClient whose answers a test writes down beforehand or gives by hand.
//
// Each request is recorded. Its answer comes from `respond` if that is set and returns one, else from the queue
// filled by will_answer(), else it stays open until answer(index, ...) or for ever, like a server that hangs.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/event_loop.h"
#include "platform/http.h"

namespace tillkeeper::fakes {

[[nodiscard]] HttpResponse http_answer(int status, std::string body = {}, HttpHeaders headers = {});
[[nodiscard]] HttpResponse http_failure(TransportFailure failure);

class FakeHttp final : public HttpClient {
  public:
    explicit FakeHttp(EventLoop& loop) : loop_(loop) {}

    [[nodiscard]] std::unique_ptr<HttpCall> send(HttpRequest request, Callback done) override;

    void will_answer(HttpResponse response) { scripted_.push_back(std::move(response)); }
    // Answers the request with that index in `requests` now, through the loop. False if it is not open any more.
    bool answer(std::size_t index, HttpResponse response);
    [[nodiscard]] std::size_t open() const { return open_.size(); }

    std::function<std::optional<HttpResponse>(const HttpRequest&)> respond;
    bool swallowed = false;             // what calls in flight say of the network
    Duration latency{};                 // how long a scripted answer takes
    std::vector<HttpRequest> requests;  // all that were sent, in order; a test may clear() only when none is open

  private:
    class Call;
    struct Open {
        Callback done;
        Timer timer;
        std::optional<HttpResponse> response;
    };
    void finish(std::size_t index);

    EventLoop& loop_;
    std::deque<HttpResponse> scripted_;
    std::map<std::size_t, Open> open_;  // by index; the call that is destroyed leaves
    std::size_t sent_ = 0;
};

}  // namespace tillkeeper::fakes
