#include "tests/fakes/fake_http.h"

#include <utility>

namespace tillkeeper::fakes {

HttpResponse http_answer(int status, std::string body, HttpHeaders headers) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    response.headers = std::move(headers);
    return response;
}

HttpResponse http_failure(TransportFailure failure) {
    HttpResponse response;
    response.failure = failure;
    response.failure_text = "scripted failure";
    return response;
}

class FakeHttp::Call final : public HttpCall {
  public:
    Call(FakeHttp& http, std::size_t index) : http_(http), index_(index) {}
    ~Call() override { http_.open_.erase(index_); }
    [[nodiscard]] bool unheard() const override { return http_.swallowed; }

  private:
    FakeHttp& http_;
    std::size_t index_;
};

std::unique_ptr<HttpCall> FakeHttp::send(HttpRequest request, Callback done) {
    const std::size_t index = sent_++;
    auto response = respond ? respond(request) : std::nullopt;
    if (!response && !scripted_.empty()) {
        response = std::move(scripted_.front());
        scripted_.pop_front();
    }
    requests.push_back(std::move(request));
    open_.emplace(index, Open{std::move(done), nullptr, std::nullopt});
    auto call = std::make_unique<Call>(*this, index);
    if (response) answer(index, std::move(*response));
    return call;
}

bool FakeHttp::answer(std::size_t index, HttpResponse response) {
    const auto found = open_.find(index);
    if (found == open_.end() || found->second.response) return false;
    found->second.response = std::move(response);
    found->second.timer = loop_.after(latency, [this, index] { finish(index); });
    return true;
}

void FakeHttp::finish(std::size_t index) {
    auto node = open_.extract(index);
    if (!node.empty()) node.mapped().done(std::move(*node.mapped().response));
}

}  // namespace tillkeeper::fakes
