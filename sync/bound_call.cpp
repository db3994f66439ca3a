// How a request leaves for the service: with the token, and with a proof where that is bound to a key.
#include <utility>

#include "sync/oauth_client.h"

namespace tillkeeper::sync {

// A request that goes out a second time where the service wants its nonce in the proof, and never a third time.
class OAuthWallet::BoundCall final : public HttpCall {
  public:
    BoundCall(OAuthWallet& wallet, HttpRequest request, HttpClient::Callback done, MayRepeat may_repeat)
        : wallet_(wallet),
          token_(wallet.token_),
          key_(wallet.key_),
          request_(std::move(request)),
          done_(std::move(done)),
          may_repeat_(std::move(may_repeat)) {}

    void send(bool again = false) {
        HttpRequest request = request_;
        auto proof = dpop_proof({.method = request.method,
                                 .url = request.url,
                                 .token = token_,
                                 .nonce = wallet_.service_nonce_.of(request.url)},
                                *key_, wallet_.sync_.clock.wall(), wallet_.sync_.random);
        // Without one the service says what is wrong.
        if (proof) request.headers.emplace_back("dpop", std::move(*proof));
        call_ = wallet_.sync_.http.send(std::move(request), [this, again](HttpResponse response) {
            const auto ended = std::move(call_);
            wallet_.service_nonce_.learn(request_.url, response);
            if (!again && wants_dpop_nonce(response) && (!may_repeat_ || may_repeat_())) return send(true);
            auto done = std::exchange(done_, {});  // this object may go while it runs
            done(std::move(response));
        });
    }

    [[nodiscard]] bool unheard() const override { return call_ && call_->unheard(); }

  private:
    OAuthWallet& wallet_;
    std::string token_;  // the one that the request began with, and its key
    std::optional<SigningKey> key_;
    HttpRequest request_;
    HttpClient::Callback done_;
    MayRepeat may_repeat_;
    std::unique_ptr<HttpCall> call_;
};

std::unique_ptr<HttpCall> OAuthWallet::send(HttpRequest request, HttpClient::Callback done, MayRepeat may_repeat) {
    for (const auto& [name, value] : client_.secret_header) {
        std::erase_if(request.headers, [&](const auto& header) { return header.first == name; });
        request.headers.emplace_back(name, value);
    }
    if (!token_.empty()) request.headers.emplace_back("authorization", (key_ ? "DPoP " : "Bearer ") + token_);
    request.identity = identity_;
    if (!key_) return sync_.http.send(std::move(request), std::move(done));
    auto call = std::make_unique<BoundCall>(*this, std::move(request), std::move(done), std::move(may_repeat));
    call->send();
    return call;
}

}  // namespace tillkeeper::sync
