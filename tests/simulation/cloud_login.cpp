// Cloud, the login service, and who is let in with what it gave. Tokens of some clients are bound to a key (RFC 9449):
// then a proof by that key comes with each request, with a nonce that the server wants and changes all the time.
#include <array>

#include "tests/fakes/fake_http.h"
#include "tests/fakes/request_header.h"
#include "tests/simulation/cloud.h"

namespace tillkeeper::simulation {
namespace {

using fakes::header_of;
using std::chrono::seconds;

constexpr std::string_view kWantsNonce = "use_dpop_nonce";
constexpr int kChallengesMax = 10;  // more than what is in flight can meet while nonces change

cloud::Request as_judged(const HttpRequest& request) {
    static constexpr std::size_t kScheme = std::string_view("https://").size();
    cloud::Request read;
    read.method = request.method;
    const auto path = std::min(request.url.find('/', kScheme), request.url.size());
    read.authority = request.url.substr(kScheme, path - kScheme);
    read.path = request.url.substr(path, request.url.find('?') - path);
    read.dpop = header_of(request, "dpop");
    return read;
}

}  // namespace

void Cloud::login_fails(int status, Duration until) {
    login_status_ = status;
    login_ill_until_ = until;
}

// All but the time of a proof, which is that of a clock that may be wrong, is in the box's hands.
cloud::DpopJudge::Verdict Cloud::judge(cloud::DpopJudge& judge, const HttpRequest& request, std::string_view token) {
    const auto now = std::chrono::floor<seconds>(schedule_.clock.wall()).time_since_epoch().count();
    auto verdict = judge.judge(as_judged(request), token, now);
    const bool excused = verdict.error.empty() || verdict.error == kWantsNonce || verdict.why == "iat is not now";
    promises_.check(excused, "[sync-15] a proof for " + request.url + ": " + verdict.why);
    return verdict;
}

HttpResponse Cloud::login(const HttpRequest& request) {
    if (schedule_.clock.since_start() < login_ill_until_) {
        trace_.add(schedule_.clock.since_start(), "login", "answers " + std::to_string(login_status_));
        return fakes::http_answer(login_status_, login_status_ == 200 ? "<html>" : "");
    }
    promises_.check(request.body.find("grant_type=client_credentials") != std::string::npos,
                    "[sync-4] a strange login");
    if (header_of(request, "dpop").empty()) return new_token("Bearer", "");
    const auto verdict = judge(proofs_, request, "");
    HttpResponse response = verdict.error.empty() ? new_token("DPoP", verdict.thumbprint)
                                                  : fakes::http_answer(400, R"({"error":")" + verdict.error + "\"}");
    response.headers.emplace_back("dpop-nonce", proofs_.nonce());
    return response;
}

HttpResponse Cloud::new_token(std::string_view type, const std::string& key) {
    static constexpr std::array<int, 4> kLives{8, 30, 300, 3600};
    const int life = kLives[random_.below(kLives.size())];
    const std::string token = "token-" + std::to_string(++issued_);
    tokens_[std::string(type) + ' ' + token] = {schedule_.clock.since_start() + seconds(life), key};
    return fakes::http_answer(200, R"({"access_token":")" + token + R"(","token_type":")" + std::string(type) +
                                       R"(","expires_in":)" + std::to_string(life) + '}');
}

std::optional<HttpResponse> Cloud::refusal(System& system, const HttpRequest& request) {
    static constexpr std::string_view kBound = "DPoP ";
    const std::string shown = header_of(request, "authorization");
    const auto token = tokens_.find(shown);
    const bool good = token != tokens_.end() && token->second.until >= schedule_.clock.since_start();
    if (!good || shown.starts_with(kBound) != system.binds) return fakes::http_answer(401);
    if (!system.binds) return std::nullopt;
    const auto verdict = judge(system.proofs, request, shown.substr(kBound.size()));
    if (verdict.error.empty()) {
        promises_.check(verdict.thumbprint == token->second.key, "[sync-15] a proof by another key");
        return std::nullopt;
    }
    return fakes::http_answer(
        401, {}, {{"www-authenticate", "DPoP error=\"" + verdict.error + '"'}, {"dpop-nonce", system.proofs.nonce()}});
}

void Cloud::count_challenges(System& system, const HttpResponse& response) {
    if (response.failure != TransportFailure::kNone) return;
    const bool challenged = response.header("www-authenticate").find(kWantsNonce) != std::string_view::npos;
    system.challenges = challenged ? system.challenges + 1 : 0;
    promises_.check(system.challenges <= kChallengesMax,
                    "[sync-15] " + system.name + " told its nonce again and again");
}

}  // namespace tillkeeper::simulation
