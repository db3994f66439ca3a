// The configuration file of the agent under test, written the way an operator would.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tillkeeper::lab {

struct DestinationSetup {
    std::string name = {};
    std::string url = {};
    std::string token_url = {};
    std::string issuer = {};  // who is asked for the token_url, where none is given
    std::string client_id = {};
    std::string auth = "client_secret_basic";
    std::string secret_file = {};       // the client's secret; its private key where auth is none of client_secret_...;
                                        // empty: it has neither
    std::string certificate_file = {};  // of the client, where it shows one
    std::string mapping_file = {};
    std::string ca_file = {};
    std::string more = {};        // further lines of this table, as they stand in the file
    std::string oauth_more = {};  // the same of its [destination.oauth]
};

struct AgentSetup {
    std::string store_id = "0042";
    std::filesystem::path data_folder = {};
    int bus_port = 0;
    std::string bus_password_file = {};
    std::string bus_certificate_file = {};  // to sign in with instead of the password
    std::string broker_folder = {};         // with the CA of its TLS; empty: plain text
    int page_port = 0;
    std::string page_identity = {};  // FILE of FILE.pem and FILE.key, and FILE.ca that trusts it; empty: plain HTTP
    std::string clock_set_file = {};
    std::filesystem::path control_socket = {};
    std::vector<DestinationSetup> destinations = {};
    std::string more = {};  // further lines at the end
    // Of the process, not of the file.
    std::vector<std::string> arguments = {};              // further ones
    std::string program = {};                             // another build of the daemon; empty: ours
    std::map<std::string, std::string> environment = {};  // added to ours
};

// TOML. Relative paths count from where the file will stand.
[[nodiscard]] std::string agent_config(const AgentSetup& setup);

}  // namespace tillkeeper::lab
