#include "agent/cli/enroll.h"

#include <algorithm>
#include <utility>

#include "agent/cli/daemon_call.h"
#include "agent/cli/qr_text.h"
#include "agent/config/clients.h"
#include "agent/contract/problem.h"
#include "agent/enrolment/login_file.h"
#include "platform/linux-arm/asio_event_loop.h"
#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/system.h"
#include "sync/enrolment.h"

namespace tillkeeper::cli {
namespace {

// A connection of its own: between two questions lie seconds.
HttpResponse ask(HttpRequest request) {
    AsioEventLoop loop;
    const auto http = make_http_client(loop);
    HttpResponse response;
    const auto call = http->send(std::move(request), [&](HttpResponse got) {
        response = std::move(got);
        loop.stop();
    });
    loop.run();
    return response;
}

std::string list(const std::vector<agent::Login>& logins) {
    std::string names;
    for (const auto& each : logins) names += (names.empty() ? "" : ", ") + each.name;
    return names;
}

bool is_called(const agent::Login& login, const std::string& name) {
    const auto used_by = [&](const char* kind) {
        return std::ranges::find(login.uses, kind + name) != login.uses.end();
    };
    return name.empty() || login.name == name || used_by("destination_") || used_by("collection_");
}

Result<agent::Login> wished(const agent::Config& config, const std::string& name) {
    auto logins = agent::logins_of(config);
    if (!logins) return std::unexpected(logins.error());
    if (logins->empty())
        return fail(ErrorCode::kNotFound,
                    "nobody enrolls this box: no table of the configuration has grant = \"refresh_token\"");
    if (name.empty() && logins->size() > 1) return fail(ErrorCode::kInvalid, "which of them? " + list(*logins));
    const auto found = std::ranges::find_if(*logins, [&](const auto& each) { return is_called(each, name); });
    if (found == logins->end())
        return fail(ErrorCode::kNotFound, "no login is called " + name + "; there is: " + list(*logins));
    if (found->client.issuer.empty() && found->client.device_authorization_url.empty())
        return fail(ErrorCode::kInvalid,
                    "nobody says where to enroll: give issuer in place of token_url, or "
                    "device_authorization_url beside it");
    return std::move(*found);
}

}  // namespace

Result<std::string> enroll(const agent::Config& config, const EnrollWish& wish,
                           const std::function<void(const sync::DeviceCodes&)>& show) {
    auto login = wished(config, wish.login);
    if (!login) return std::unexpected(login.error());
    agent::LoginFile file(config.data_folder, login->name, login->client);
    const SystemClock clock;
    SystemRandom random;
    const auto token = sync::enrol(login->client, login->ca_file,
                                   {.clock = clock, .random = random, .ask = ask, .wait = wait_for, .show = show});
    if (!token) return std::unexpected(token.error());
    if (auto stored = file.enrol(*token); !stored) return std::unexpected(stored.error());
    const auto& socket = wish.socket.empty() ? config.control_socket : wish.socket;
    const bool told = call_daemon(socket, "POST", "/retry").has_value();
    std::string uses;
    for (const auto& each : login->uses) uses += (uses.empty() ? "" : ",") + agent::quoted(each);
    return R"({"enrolled":true,"login":)" + agent::quoted(login->name) + ",\"used_by\":[" + uses +
           "],\"daemon_told\":" + (told ? "true" : "false") + '}';
}

std::string codes_json(const sync::DeviceCodes& codes) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(codes.lifetime).count();
    return "{\"user_code\":" + agent::quoted(codes.user_code) +
           ",\"verification_uri\":" + agent::quoted(codes.address) + ",\"verification_uri_complete\":" +
           (codes.complete_address.empty() ? "null" : agent::quoted(codes.complete_address)) +
           ",\"expires_in\":" + std::to_string(seconds) + '}';
}

std::string codes_text(const sync::DeviceCodes& codes, bool with_qr) {
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(codes.lifetime).count();
    std::string text = "With a phone or computer that may sign in for this store:\n\n  1. Open   " + codes.address +
                       "\n  2. Enter  " + codes.user_code + "\n\n";
    const auto& address = codes.complete_address.empty() ? codes.address : codes.complete_address;
    if (const auto code = with_qr ? qr_text(address) : ""; !code.empty())
        text += "Or scan this, and compare the code before you confirm:\n\n" + code + '\n';
    return text + "Waiting. The code is good for " + std::to_string(minutes) +
           " minutes; Ctrl-C ends this and changes nothing.\n";
}

std::string enrolled_text(JsonView done) {
    return "Done: this box signs in by itself from now on, as \"" + done.text("login") + "\".\n" +
           (done.is_true("daemon_told") ? "" : "The daemon does not answer; it will when it runs.\n");
}

}  // namespace tillkeeper::cli
