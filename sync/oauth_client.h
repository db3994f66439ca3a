// OAuthWallet: the access token of one OAuth 2 client, got by client credentials or by the refresh token of an enrolled
// box, and renewed as TokenPolicy says. The client proves itself as client_proof.h tells. With a key of its own the
// token is bound to that, and worth nothing without it (RFC 9449).
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/crypto.h"
#include "platform/http.h"
#include "sync/client_proof.h"
#include "sync/destination.h"
#include "sync/dpop_proof.h"
#include "sync/stored_login.h"
#include "sync/token_answer.h"
#include "sync/token_policy.h"

namespace tillkeeper::sync {

class OAuthWallet {
  public:
    // `changed` runs when a renewal has ended, one way or the other. kInvalid when the key cannot be read. A
    // certificate that cannot be read is no reason not to begin: it is read again for each renewal, as secret and keys
    // are. New ones that cannot be read, or that the server refuses, leave the old ones in use.
    [[nodiscard]] static Result<std::unique_ptr<OAuthWallet>> make(OAuthClient client, std::string ca_file,
                                                                   SyncParts& sync, std::function<void()> changed);

    // Starts a renewal if one is due. True: requests may be sent now.
    [[nodiscard]] bool ready();
    // As HttpClient::send(), to the service: with the token, and with the certificate that it may be bound to (RFC 8705
    // section 3), the one it was got with, whatever is in the file by now. Bound to a key, with a proof; where the
    // service wants its nonce in that, the same request goes out a second time, and only the second answer is told; the
    // first one where `may_repeat`, if there is any, says no. The wallet outlives the call.
    using MayRepeat = std::move_only_function<bool()>;
    [[nodiscard]] std::unique_ptr<HttpCall> send(HttpRequest request, HttpClient::Callback done,
                                                 MayRepeat may_repeat = {});
    // The token itself, for what is no HTTP request; "" where there is none.
    [[nodiscard]] const std::string& token() const { return token_; }
    [[nodiscard]] std::uint64_t generation() const { return policy_.generation(); }
    void refused(std::uint64_t generation);
    void worked(std::uint64_t generation);
    void retry_now();
    // Login is why nothing is sent: the reason for people, and the contract's cause (`login`, or what the network
    // says). Empty when all is well.
    [[nodiscard]] const std::string& cause() const { return cause_; }
    [[nodiscard]] const std::string& reason() const { return reason_; }
    // As HttpCall::unheard(), of a renewal.
    [[nodiscard]] bool unheard() const { return call_ && call_->unheard(); }
    [[nodiscard]] MonotonicTime next_change() const;  // when to call ready() again; max(): changed() tells

  private:
    class BoundCall;
    OAuthWallet(OAuthClient client, std::string ca_file, SyncParts& sync, std::function<void()> changed,
                ClientProof proof);
    void ask();
    void reread_proof();
    void ask_metadata(std::size_t which, const std::string& faults);
    void on_metadata(std::size_t which, std::string faults, const HttpResponse& response);
    void ask_token();
    void on_response(const HttpResponse& response);
    void on_refusal(const HttpResponse& response);
    [[nodiscard]] bool goes_back_to_old_proof(const HttpResponse& response);
    void keep_refresh_token(const HttpResponse& response);
    void end_renewal();
    void deny(std::string cause, std::string reason, std::optional<Duration> retry_after);
    [[nodiscard]] Result<std::string> grant_form();

    OAuthClient client_;  // with an issuer: token_url is the last one that it named
    MonotonicTime endpoint_until_{};
    std::string ca_file_;
    SyncParts& sync_;
    std::function<void()> changed_;
    ClientProof proof_;
    std::optional<ClientProof> old_proof_;   // until the server took the new one
    std::optional<SigningKey> key_;          // that the token is bound to
    std::optional<StoredLogin::Turn> turn_;  // while the refresh token is under way
    std::string refresh_token_;              // that this renewal was asked for with
    std::string proof_fault_;                // told once
    DpopNonce token_nonce_;                  // of the token endpoint
    DpopNonce service_nonce_;                // of the service, even at the same origin another one
    bool nonce_taken_ = false;               // this renewal was repeated with the nonce it was asked for
    TokenPolicy policy_;
    std::string token_;
    TlsIdentity identity_;  // that the token was got with
    TlsIdentity asked_as_;  // that the next one is asked for with
    std::string cause_;
    std::string reason_;
    bool fresh_refused_ = false;  // a new token alone does not mean that all is well
    std::unique_ptr<HttpCall> call_;
};

}  // namespace tillkeeper::sync
