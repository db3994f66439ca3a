#include "sync/enrolment.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sync/client_proof.h"
#include "sync/dpop_proof.h"
#include "sync/oauth_discovery.h"
#include "sync/token_answer.h"

namespace tillkeeper::sync {
namespace {

constexpr std::string_view kDeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

// Only words that we know are shown.
std::string known_error(const HttpResponse& response) {
    static constexpr std::array<std::string_view, 7> kKnown = {
        "invalid_client", "invalid_grant",          "invalid_request",    "invalid_scope",
        "invalid_target", "unsupported_grant_type", "unauthorized_client"};
    const std::string error = error_in(response);
    return std::ranges::find(kKnown, error) == kKnown.end() ? "" : " (" + error + ")";
}

std::string what_it_says(const HttpResponse& response) {
    if (response.failure != TransportFailure::kNone) return "is not reached: " + response.failure_text;
    return "says HTTP " + std::to_string(response.status) + known_error(response);
}

class Enrolment {
  public:
    Enrolment(OAuthClient client, const std::string& ca_file, ClientProof proof, const EnrolmentParts& parts)
        : client_(std::move(client)), ca_file_(ca_file), proof_(std::move(proof)), parts_(parts) {}

    Result<std::string> run() {
        if (!client_.issuer.empty())
            if (auto found = look_up(); !found) return std::unexpected(found.error());
        auto codes = begin();
        if (!codes) return std::unexpected(codes.error());
        parts_.show(*codes);
        return poll(*codes);
    }

  private:
    // RFC 8628 section 4: the metadata names both endpoints.
    Result<void> look_up() {
        std::string faults;
        for (const auto& address : metadata_addresses(client_.issuer)) {
            HttpRequest request;
            request.url = address;
            request.headers = {{"accept", "application/json"}};
            request.ca_file = ca_file_;
            const auto response = parts_.ask(std::move(request));
            if (response.failure != TransportFailure::kNone)
                return fail(ErrorCode::kUnavailable, client_.issuer + " " + what_it_says(response));
            if (response.status == 200) {
                const bool shows_certificate = client_.auth == ClientAuth::kMutualTls;
                auto token = token_endpoint(response.body, client_.issuer, shows_certificate);
                auto device = device_endpoint(response.body, client_.issuer, shows_certificate);
                if (token && device) {
                    client_.token_url = std::move(*token);
                    client_.device_authorization_url = std::move(*device);
                    return {};
                }
                faults += " " + (token ? device : token).error().message + ";";
            } else {
                faults += " it " + what_it_says(response) + ";";
            }
        }
        faults.pop_back();
        return fail(ErrorCode::kUnavailable, "no metadata of " + client_.issuer + ":" + faults);
    }

    Result<DeviceCodes> begin() {
        std::string form;
        append_wishes(form, client_);
        auto request = proof_.post(client_, {.url = client_.device_authorization_url, .ca_file = ca_file_},
                                   std::move(form), parts_.clock.wall(), parts_.random);
        if (!request) return std::unexpected(request.error());
        const auto response = parts_.ask(std::move(*request));
        if (response.failure != TransportFailure::kNone || response.status != 200)
            return fail(ErrorCode::kUnavailable, "the device authorization endpoint " + what_it_says(response));
        return read_device_codes(response.body);
    }

    Result<HttpResponse> ask_for_token(const DeviceCodes& codes) {
        std::string form = "grant_type=" + form_encode(kDeviceGrant);
        append_field(form, "device_code", codes.device_code);
        for (const auto& resource : client_.resources) append_field(form, "resource", resource);
        for (bool again = false;; again = true) {
            auto request = proof_.post(
                client_,
                {.url = client_.token_url, .ca_file = ca_file_, .binds = true, .nonce = nonce_.of(client_.token_url)},
                form, parts_.clock.wall(), parts_.random);
            if (!request) return std::unexpected(request.error());
            auto response = parts_.ask(std::move(*request));
            nonce_.learn(client_.token_url, response);
            if (again || !proof_.dpop_key() || !wants_dpop_nonce(response)) return response;
        }
    }

    Result<std::string> poll(const DeviceCodes& codes) {
        DevicePolling polling(codes, parts_.clock.monotonic());
        for (;;) {
            parts_.wait(polling.next() - parts_.clock.monotonic());
            const auto response = ask_for_token(codes);
            if (!response) return std::unexpected(response.error());
            switch (polling.heard(*response, parts_.clock.monotonic())) {
                case PollStep::kWait:
                    continue;
                case PollStep::kGranted:
                    return refresh_token_of(*response);
                case PollStep::kDenied:
                    return fail(ErrorCode::kInvalid, "it was refused on the phone; nothing has changed here");
                case PollStep::kExpired:
                    return fail(ErrorCode::kUnavailable, "nobody confirmed it in time; run this again");
                case PollStep::kFailed:
                    return fail(ErrorCode::kInvalid, "the token endpoint " + what_it_says(*response));
            }
        }
    }

    Result<std::string> refresh_token_of(const HttpResponse& response) const {
        auto grant = read_grant(response.body);
        if (!grant) return std::unexpected(grant.error());
        if (auto right = check_type(*grant, proof_.dpop_key().has_value()); !right)
            return std::unexpected(right.error());
        auto token = refresh_token_in(response.body);
        if (!token.empty()) return token;
        return fail(ErrorCode::kInvalid,
                    "the login service gives no refresh token: allow this client the grant refresh_token; many also "
                    "want the scope offline_access");
    }

    OAuthClient client_;
    const std::string& ca_file_;
    ClientProof proof_;
    const EnrolmentParts& parts_;
    DpopNonce nonce_;
};

}  // namespace

Result<std::string> enrol(OAuthClient client, const std::string& ca_file, const EnrolmentParts& parts) {
    auto proof = ClientProof::make(client);
    if (!proof) return std::unexpected(proof.error());
    return Enrolment(std::move(client), ca_file, std::move(*proof), parts).run();
}

}  // namespace tillkeeper::sync
