#include "sync/oauth_client.h"

#include <utility>

#include "platform/log.h"
#include "sync/answer.h"
#include "sync/oauth_discovery.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kMetadataBytesMax = std::size_t{256} << 10;
constexpr Duration kAnswerTime = std::chrono::seconds(30);
constexpr Duration kEndpointKept = std::chrono::hours(24);
constexpr Duration kTurnLooksAgain = std::chrono::milliseconds(100);

// `login` only where the token endpoint itself said no; else why it could not say anything: the network, its own fault,
// or that it asks for patience.
std::string cause_of_denial(const HttpResponse& response, const Answer& answer) {
    if (response.failure != TransportFailure::kNone || answer.cause == "captive_portal") return answer.cause;
    const bool patience = response.status == 408 || response.status == 425 || response.status == 429;
    return response.status >= 400 && response.status < 500 && !patience ? "login" : "service";
}

}  // namespace

OAuthWallet::OAuthWallet(OAuthClient client, std::string ca_file, SyncParts& sync, std::function<void()> changed,
                         ClientProof proof)
    : client_(std::move(client)),
      ca_file_(std::move(ca_file)),
      sync_(sync),
      changed_(std::move(changed)),
      proof_(std::move(proof)) {}

Result<std::unique_ptr<OAuthWallet>> OAuthWallet::make(OAuthClient client, std::string ca_file, SyncParts& sync,
                                                       std::function<void()> changed) {
    auto proof = ClientProof::make(client);
    if (!proof) return std::unexpected(proof.error());
    return std::unique_ptr<OAuthWallet>(
        new OAuthWallet(std::move(client), std::move(ca_file), sync, std::move(changed), std::move(*proof)));
}

bool OAuthWallet::ready() {
    if (client_.auth == ClientAuth::kNone) return true;
    const MonotonicTime now = sync_.clock.monotonic();
    if (policy_.should_ask(now)) ask();
    return policy_.usable(now);
}

void OAuthWallet::refused(std::uint64_t generation) {
    if (client_.auth == ClientAuth::kNone) return;
    policy_.refused(generation, sync_.clock.monotonic(), sync_.random);
    if (policy_.failing()) {
        fresh_refused_ = true;
        cause_ = "login";
        reason_ = "the service refuses a fresh token";
    }
}

void OAuthWallet::worked(std::uint64_t generation) {
    policy_.worked(generation);
    if (policy_.failing()) return;
    fresh_refused_ = false;
    cause_.clear();
    reason_.clear();
}

void OAuthWallet::retry_now() {
    policy_.retry_now(sync_.clock.monotonic());
}

MonotonicTime OAuthWallet::next_change() const {
    return client_.auth == ClientAuth::kNone ? MonotonicTime::max() : policy_.next_change();
}

// Read anew for each request: somebody may have enrolled the box meanwhile.
Result<std::string> OAuthWallet::grant_form() {
    std::string form = "grant_type=client_credentials";
    if (client_.stored != nullptr) {
        auto stored = client_.stored->token();
        if (!stored) return std::unexpected(stored.error());
        refresh_token_ = std::move(*stored);
        form = "grant_type=refresh_token";
        append_field(form, "refresh_token", refresh_token_);
    }
    append_wishes(form, client_);
    return form;
}

void OAuthWallet::reread_proof() {
    ClientProof before = proof_;
    const auto read = proof_.refresh(client_);
    const std::string fault = read ? std::string() : read.error().message;
    if (!fault.empty() && fault != proof_fault_)
        log(LogLevel::kWarning, "the old secret or key stays in use",
            {{"client", client_.client_id}, {"reason", fault}});
    proof_fault_ = fault;
    if (read && *read) old_proof_ = std::move(before);
}

void OAuthWallet::ask() {
    if (client_.stored != nullptr) {
        turn_ = client_.stored->take_turn();
        if (!turn_) return policy_.postpone(sync_.clock.monotonic() + kTurnLooksAgain);
    }
    policy_.asked();
    nonce_taken_ = false;
    reread_proof();
    const bool looks_up = !client_.issuer.empty() && sync_.clock.monotonic() >= endpoint_until_;
    return looks_up ? ask_metadata(0, "") : ask_token();
}

void OAuthWallet::ask_metadata(std::size_t which, const std::string& faults) {
    HttpRequest request;
    request.url = metadata_addresses(client_.issuer)[which];
    request.headers = {{"accept", "application/json"}};
    request.ca_file = ca_file_;
    request.total_timeout = kAnswerTime;
    request.response_bytes_max = kMetadataBytesMax;
    call_ = sync_.http.send(std::move(request), [this, which, faults](const HttpResponse& response) {
        const auto ended = std::move(call_);
        on_metadata(which, faults, response);
        if (!call_) changed_();
    });
}

void OAuthWallet::on_metadata(std::size_t which, std::string faults, const HttpResponse& response) {
    const Answer answer = classify(response, sync_.clock.wall());
    const bool answered = response.failure == TransportFailure::kNone;
    if (answer.kind == AnswerKind::kDelivered) {
        auto endpoint = token_endpoint(response.body, client_.issuer, client_.auth == ClientAuth::kMutualTls);
        if (endpoint) {
            client_.token_url = std::move(*endpoint);
            endpoint_until_ = sync_.clock.monotonic() + kEndpointKept;
            return ask_token();
        }
        faults += endpoint.error().message;
    } else {
        faults += answered ? "HTTP " + std::to_string(response.status) : answer.reason;
    }
    if (answered && which == 0) return ask_metadata(1, faults + "; ");
    if (!client_.token_url.empty()) return ask_token();  // where it was until now
    const bool network = !answered || answer.cause == "captive_portal";
    deny(network ? answer.cause : "service", "no metadata of the issuer: " + faults, answer.retry_after);
}

void OAuthWallet::ask_token() {
    auto form = grant_form();
    if (!form) return deny("login", form.error().message, {});
    auto request = proof_.post(
        client_,
        {.url = client_.token_url, .ca_file = ca_file_, .binds = true, .nonce = token_nonce_.of(client_.token_url)},
        std::move(*form), sync_.clock.wall(), sync_.random);
    if (!request) {
        proof_.reopen();
        return deny("login", request.error().message, {});
    }
    asked_as_ = request->identity;
    call_ = sync_.http.send(std::move(*request), [this](const HttpResponse& response) {
        const auto ended = std::move(call_);
        on_response(response);
        if (!call_) changed_();
    });
}

void OAuthWallet::end_renewal() {
    turn_.reset();
    refresh_token_.clear();
}

void OAuthWallet::deny(std::string cause, std::string reason, std::optional<Duration> retry_after) {
    end_renewal();
    policy_.denied(sync_.clock.monotonic(), sync_.random, retry_after);
    endpoint_until_ = {};
    if (reason_ != reason) log(LogLevel::kWarning, "login failed", {{"client", client_.client_id}, {"reason", reason}});
    cause_ = std::move(cause);
    reason_ = std::move(reason);
}

// A server may learn of a new secret or key later than the box does.
bool OAuthWallet::goes_back_to_old_proof(const HttpResponse& response) {
    if (!old_proof_ || (response.status != 400 && response.status != 401)) return false;
    log(LogLevel::kWarning, "the new secret or key is refused; the old one stays in use",
        {{"client", client_.client_id}});
    proof_ = *std::exchange(old_proof_, std::nullopt);
    return true;
}

// What the answer's body says may repeat what we sent: only the status is shown.
void OAuthWallet::on_refusal(const HttpResponse& response) {
    if (goes_back_to_old_proof(response)) return ask_token();
    const Answer answer = classify(response, sync_.clock.wall());
    const std::string status = "the token endpoint says HTTP " + std::to_string(response.status);
    if (client_.stored != nullptr && error_in(response) == "invalid_grant") {
        // Somebody enrolled the box while we asked.
        if (auto stored = client_.stored->token(); stored && *stored != refresh_token_) return ask_token();
        return deny("login", "this box must be enrolled again: " + client_.stored->remedy(), answer.retry_after);
    }
    const bool network = response.failure != TransportFailure::kNone;
    deny(cause_of_denial(response, answer), network ? answer.reason : status, answer.retry_after);
}

// Before anything else: from its answer on the server may take the old one for stolen.
void OAuthWallet::keep_refresh_token(const HttpResponse& response) {
    if (client_.stored == nullptr) return;
    const auto next = refresh_token_in(response.body);
    if (next.empty() || next == refresh_token_) return;
    if (auto kept = client_.stored->replace(refresh_token_, next); !kept)
        log(LogLevel::kError, "the new refresh token is only in memory",
            {{"client", client_.client_id}, {"reason", kept.error().message}});
}

void OAuthWallet::on_response(const HttpResponse& response) {
    if (proof_.dpop_key()) {
        token_nonce_.learn(client_.token_url, response);
        if (wants_dpop_nonce(response) && !std::exchange(nonce_taken_, true)) return ask_token();
    }
    if (classify(response, sync_.clock.wall()).kind != AnswerKind::kDelivered) return on_refusal(response);
    keep_refresh_token(response);
    auto grant = read_grant(response.body);
    if (!grant) return deny("service", grant.error().message, {});
    if (auto right = check_type(*grant, proof_.dpop_key().has_value()); !right)
        return deny("login", right.error().message, {});
    end_renewal();
    policy_.granted(grant->lifetime, sync_.clock.monotonic(), sync_.random);
    old_proof_.reset();
    token_ = std::move(grant->token);
    key_ = proof_.dpop_key();
    identity_ = std::move(asked_as_);
    if (fresh_refused_) return;
    cause_.clear();
    reason_.clear();
}

}  // namespace tillkeeper::sync
