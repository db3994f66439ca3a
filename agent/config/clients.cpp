#include "agent/config/clients.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tillkeeper::agent {
namespace {

bool same_client(const sync::OAuthClient& a, const sync::OAuthClient& b) {
    return a.issuer == b.issuer && a.token_url == b.token_url && a.client_id == b.client_id && a.auth == b.auth &&
           a.dpop_key_pem == b.dpop_key_pem;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

// RFC 6749 section 3.3: words, in any order.
void add_scope(std::string& all, std::string_view more) {
    const auto have = words_of(all);
    for (const auto& word : words_of(more))
        if (std::ranges::find(have, word) == have.end()) all += (all.empty() ? "" : " ") + word;
}

void add_resources(std::vector<std::string>& all, const std::vector<std::string>& more) {
    for (const auto& each : more)
        if (std::ranges::find(all, each) == all.end()) all.push_back(each);
}

}  // namespace

Result<std::vector<Login>> logins_of(const Config& config) {
    std::map<std::string, Login> logins;
    std::string fault;
    for_each_client(config, [&](const std::string& use, const sync::OAuthClient& client, const std::string& ca_file) {
        if (client.login.empty()) return;
        auto& login = logins[client.login];
        if (login.uses.empty()) {
            login = {.name = client.login, .client = client, .ca_file = ca_file, .uses = {}};
        } else if (!same_client(login.client, client)) {
            fault = "login \"" + client.login + "\" is of two clients, in " + login.uses.front() + " and " + use +
                    "; give one of them another name: login = \"...\"";
        } else {
            add_scope(login.client.scope, client.scope);
            add_resources(login.client.resources, client.resources);
        }
        login.uses.push_back(use);
    });
    if (!fault.empty()) return fail(ErrorCode::kInvalid, fault);
    std::vector<Login> all;
    for (auto& [name, login] : logins) all.push_back(std::move(login));
    return all;
}

}  // namespace tillkeeper::agent
