// What a token endpoint and a device authorization endpoint say, and what an issuer says of itself. [sync-5]
//
// Input: one byte status, one byte switches, one line that is Retry-After and DPoP-Nonce, the rest is the body.
#include <array>
#include <chrono>
#include <string>

#include "platform/certificates.h"
#include "sync/device_grant.h"
#include "sync/dpop_proof.h"
#include "sync/oauth_client.h"
#include "sync/oauth_discovery.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_http.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fakes/request_header.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"
#include "tests/fuzz/unused_journal.h"

using namespace tillkeeper;
using fakes::header_of;
using fuzz::require;

namespace {

constexpr std::array kStatuses = {200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 408, 429, 500, 503, 511, 0};

struct World {
    fakes::FakeClock clock;
    fakes::FakeLoop loop{clock};
    fakes::FakeHttp http{loop};
    fakes::FakeDevice device;
    fakes::SeededRandom random{1};
    fuzz::UnusedReader reader;
    fuzz::UnusedWriter writer;
    sync::SyncParts parts{loop, clock, device, random, http, reader, writer, "0042"};
};

// A key, the same throughout a run.
const std::string& key_pem() {
    static const std::string pem =
        make_authority("a key", std::chrono::sys_days(std::chrono::year(2100) / 1 / 1)).value().key_pem;
    return pem;
}

void check_nonce(const HttpResponse& response) {
    const auto nonce = sync::dpop_nonce(response);
    require(nonce.size() <= sync::kDpopNonceBytesMax, "a nonce is short");
    for (const char c : nonce) require(c > ' ' && c < 0x7F && c != '"' && c != '\\', "a nonce is of plain characters");
    require(!nonce.empty() || !sync::wants_dpop_nonce(response), "who wants a nonce brings one");
}

void check_wallet(sync::OAuthWallet& wallet, bool bound, bool success, World& world) {
    const bool usable = wallet.ready();
    const auto call = wallet.send({.url = "https://erp.example/v1"}, [](const HttpResponse&) {});
    const HttpRequest& request = world.http.requests.back();
    const std::string authorization = header_of(request, "authorization");
    const std::string scheme = bound ? "DPoP " : "Bearer ";
    require(success || authorization.empty(), "only a 2xx gives a token");
    require(usable == !authorization.empty(), "a token that came may be used, and only that");
    require(usable || !wallet.cause().empty(), "without a token there is a cause to show");
    require(wallet.reason().find("s3cret") == std::string::npos, "a reason never repeats what we sent");
    require(wallet.reason().size() <= 400, "a reason is short");
    require(wallet.next_change() <= world.clock.monotonic() + std::chrono::hours(25), "it always asks again some day");
    if (authorization.empty()) return;
    require(authorization.starts_with(scheme) && authorization.size() > scheme.size(),
            "a token is of the type asked for");
    require(bound == !header_of(request, "dpop").empty(), "a bound token goes with a proof, another without");
    for (const char c : authorization.substr(scheme.size()))
        require(c > 0x20 && c < 0x7F, "a token cannot break out of its header line");
}

void check_metadata(const std::string& body, bool mutual_tls) {
    const auto endpoint = sync::token_endpoint(body, "https://login.example", mutual_tls);
    if (!endpoint) return;
    require(endpoint->starts_with("https://"), "secrets go by TLS");
    for (const char c : *endpoint) require(c > ' ' && c < 0x7F && c != '#', "an address cannot break out of its line");
}

// It goes to a terminal.
void check_codes(const std::string& body) {
    const auto codes = sync::read_device_codes(body);
    if (!codes) return;
    for (const auto* shown : {&codes->user_code, &codes->address, &codes->complete_address})
        for (const char c : *shown) require(c >= ' ' && c < 0x7F, "what is shown is visible");
    require(codes->address.starts_with("https://"), "people are sent to TLS");
    require(codes->lifetime > Duration::zero() && codes->lifetime <= std::chrono::hours(1), "codes end");
    require(codes->interval >= std::chrono::seconds(1), "nobody asks without a pause");
}

void check_refresh_token(const std::string& body) {
    for (const char c : sync::refresh_token_in(body))
        require(c >= ' ' && c < 0x7F, "a refresh token is of its characters");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    HttpResponse response;
    response.status = kStatuses[input.below(kStatuses.size())];
    const auto switches = input.byte();
    const std::string line(input.line());
    response.headers = {
        {"retry-after", line}, {"dpop-nonce", line}, {"www-authenticate", "DPoP error=\"use_dpop_nonce\""}};
    response.body = input.rest();
    if ((switches & 0xF0U) == 0xF0U) response.failure = static_cast<TransportFailure>(1 + switches % 7);
    const bool success = response.failure == TransportFailure::kNone && response.status >= 200 && response.status < 300;

    check_metadata(response.body, (switches & 1U) != 0);
    check_nonce(response);
    check_codes(response.body);
    check_refresh_token(response.body);

    World world;
    sync::OAuthClient client;
    client.auth = sync::ClientAuth::kClientSecretBasic;
    client.token_url = "https://login.example/token";
    client.client_id = "store-0042";
    client.client_secret = "s3cret";
    const bool bound = (switches & 0x0FU) == 2U;  // seldom: keys cost milliseconds
    if (bound) client.dpop_key_pem = key_pem();
    world.http.will_answer(response);
    const bool twice = bound && sync::wants_dpop_nonce(response);
    if (twice) world.http.will_answer(std::move(response));
    auto wallet = sync::OAuthWallet::make(client, "", world.parts, [] {});
    require(wallet.has_value(), "a client with a secret can be made");
    require(!(*wallet)->ready(), "without a token nothing is sent");
    world.loop.run_until_idle();
    require(world.http.requests.size() == (twice ? 2U : 1U), "one renewal at a time, once more for a nonce");
    check_wallet(**wallet, bound, success, world);
    return 0;
}
