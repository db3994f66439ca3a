// What a token endpoint says, and what an issuer says of itself. [sync-5]
//
// Input: one byte status, one byte switches, one line Retry-After, the rest is the body.
#include <array>
#include <string>

#include "sync/oauth_client.h"
#include "sync/oauth_discovery.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_http.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"
#include "tests/fuzz/unused_journal.h"

using namespace tillkeeper;
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

void check_wallet(const sync::OAuthWallet& wallet, bool usable, bool success, const World& world) {
    HttpRequest request;
    wallet.authorise(request);
    const std::string authorization = request.headers.empty() ? "" : request.headers.front().second;
    require(success || authorization.empty(), "only a 2xx gives a token");
    require(usable == !authorization.empty(), "a token that came may be used, and only that");
    require(usable || !wallet.cause().empty(), "without a token there is a cause to show");
    require(wallet.reason().find("s3cret") == std::string::npos, "a reason never repeats what we sent");
    require(wallet.reason().size() <= 400, "a reason is short");
    require(wallet.next_change() <= world.clock.monotonic() + std::chrono::hours(25), "it always asks again some day");
    if (authorization.empty()) return;
    require(authorization.starts_with("Bearer ") && authorization.size() > 7, "a token is a bearer's");
    for (const char c : authorization.substr(7))
        require(c > 0x20 && c < 0x7F, "a token cannot break out of its header line");
}

void check_metadata(const std::string& body, bool mutual_tls) {
    const auto endpoint = sync::token_endpoint(body, "https://login.example", mutual_tls);
    if (!endpoint) return;
    require(endpoint->starts_with("https://"), "secrets go by TLS");
    for (const char c : *endpoint) require(c > ' ' && c < 0x7F && c != '#', "an address cannot break out of its line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    HttpResponse response;
    response.status = kStatuses[input.below(kStatuses.size())];
    const auto switches = input.byte();
    response.headers = {{"retry-after", std::string(input.line())}};
    response.body = input.rest();
    if ((switches & 0xF0U) == 0xF0U) response.failure = static_cast<TransportFailure>(1 + switches % 7);
    const bool success = response.failure == TransportFailure::kNone && response.status >= 200 && response.status < 300;

    check_metadata(response.body, (switches & 1U) != 0);

    World world;
    sync::OAuthClient client;
    client.auth = sync::ClientAuth::kClientSecretBasic;
    client.token_url = "https://login.example/token";
    client.client_id = "store-0042";
    client.client_secret = "s3cret";
    world.http.will_answer(std::move(response));
    auto wallet = sync::OAuthWallet::make(client, "", world.parts, [] {});
    require(wallet.has_value(), "a client with a secret can be made");
    require(!(*wallet)->ready(), "without a token nothing is sent");
    world.loop.run_until_idle();
    require(world.http.requests.size() == 1, "one renewal at a time");
    check_wallet(**wallet, (*wallet)->ready(), success, world);
    return 0;
}
