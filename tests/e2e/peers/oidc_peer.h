// A certified OAuth server from npm, and beside it a service that believes its tokens and nobody else's: oidc/*.js;
// where a login wants it, behind Apache, which judges them for it: guard/.
//
// Thread: the one that made it, see process.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/result.h"
#include "tests/e2e/agent_config.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/process.h"
#include "tests/e2e/soft_token.h"

namespace tillkeeper::lab {

// A client and the way in which it proves who it is.
struct Login {
    std::string name;             // of the client, of its destination and of its book at the service
    std::string auth;             // as [destination.oauth] calls it
    std::string algorithm = {};   // of the key that it signs with, where it does
    bool asks_issuer = false;     // where tokens are given; otherwise it knows
    bool binds_tokens = false;    // to a key of its own (RFC 9449)
    bool names_resource = false;  // asks for a token for the service; otherwise the provider must know
    bool in_token = false;        // its keys never leave one
    bool enrolled = false;        // by a person, and renews by refresh token
    bool guarded = false;         // at the service behind Apache
};

// Of the provider, beside its clients.
struct ProviderSetup {
    std::chrono::seconds lifetime{5};     // of a token
    std::chrono::seconds clock_ahead{0};  // of everybody else's
    std::string resource = {};            // that its tokens are for; empty: the service
};

class OidcPeer {
  public:
    // All programs answer when it returns. Certificates, credentials and logs are in `folder`.
    [[nodiscard]] static Result<OidcPeer> start(const std::filesystem::path& folder, std::vector<Login> logins,
                                                const ProviderSetup& setup);

    // At the same address, with new keys.
    [[nodiscard]] Result<void> start_provider(const ProviderSetup& setup);
    void kill_provider() { provider_.reset(); }
    // SIGTERM. The exit status; -1 when it did not run.
    int stop_provider();
    int stop_service();
    int stop_guard();

    [[nodiscard]] const std::vector<Login>& logins() const { return logins_; }
    // How the agent reaches its book.
    [[nodiscard]] DestinationSetup destination(const Login& login) const;
    // What a person does with the code that a box shows. False: the provider knows no such code.
    [[nodiscard]] bool confirm(const std::string& user_code) const { return ask("/confirm/" + user_code); }
    [[nodiscard]] bool refuse(const std::string& user_code) const { return ask("/refuse/" + user_code); }
    // Tokens are told so much later than they are given.
    [[nodiscard]] bool delay_answers(std::chrono::milliseconds time) const {
        return ask("/delay/" + std::to_string(time.count()));
    }
    // Of an agent that is to find the keys of its logins.
    [[nodiscard]] std::map<std::string, std::string> environment() const { return token_.environment(); }
    // Tokens that the client was given since the provider was started; -1 when it cannot be asked.
    [[nodiscard]] std::int64_t grants(const std::string& name) const;
    // Apache's statuses, by what oidc/visitor.js shows it.
    [[nodiscard]] Result<std::map<std::string, std::int64_t>> visit() const;
    // What is in the book, and how often each came.
    [[nodiscard]] Result<Effects> effects(const std::string& name) const;

  private:
    struct Program {
        Process process;
        int control_port;
    };

    OidcPeer(std::filesystem::path folder, std::vector<Login> logins, SoftToken token);
    [[nodiscard]] Result<void> make_clients() const;
    // Makes what the login proves itself with, and says what the provider knows of it: members with a comma after each.
    [[nodiscard]] Result<std::string> make_proof(const Login& login) const;
    [[nodiscard]] Result<void> start_service();
    [[nodiscard]] Result<void> start_guard();
    [[nodiscard]] Result<Program> run(const std::string& script, int port, std::vector<std::string> arguments) const;
    [[nodiscard]] std::filesystem::path secret_file(const Login& login) const;
    [[nodiscard]] std::filesystem::path public_key_file(const Login& login) const;
    [[nodiscard]] std::filesystem::path dpop_key_file(const Login& login) const;
    [[nodiscard]] std::filesystem::path certificate_file(const Login& login) const;
    [[nodiscard]] Result<std::string> make_certified_key(const Login& login) const;
    [[nodiscard]] std::string service() const;
    // Of the books of logins of its kind.
    [[nodiscard]] std::string address_for(const Login& login) const;
    [[nodiscard]] std::string key_of(const Login& login, const std::filesystem::path& file) const;
    [[nodiscard]] bool ask(const std::string& path) const;

    std::filesystem::path folder_;
    std::vector<Login> logins_;
    SoftToken token_;
    int provider_port_;
    int service_port_;
    int behind_port_;
    int guard_port_;
    std::optional<Program> provider_;
    std::optional<Program> service_;
    std::optional<Process> guard_;
};

}  // namespace tillkeeper::lab
