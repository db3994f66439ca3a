// What is not as it should be with a box, in plain words: from facts that somebody gathered. Pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/clock.h"
#include "platform/hardware.h"

namespace tillkeeper::agent {

enum class Health : std::uint8_t { kFine, kAttention, kBroken };

struct Finding {
    std::string check;  // "sealing", "destination erp", ...
    Health health = Health::kFine;
    std::string found;    // what is so
    std::string meaning;  // what follows from it; "" when it is fine
    std::string remedy;   // what to do; "" when it is fine
};

struct BoxFacts {
    std::string config_path;
    std::vector<std::string> config_faults;  // with any, what depends on the configuration is not known

    bool sealing = false;  // a key is configured
    std::string data_folder;
    std::optional<unsigned> data_mode;  // permission bits; nothing: there is no folder
    std::optional<std::uint64_t> disk_free_bytes;
    bool clock_trusted = false;
    WallTime now;
    HardwareIdentity identity;
    HardwareState hardware;

    bool bus_tls = false;
    bool bus_on_this_box = false;
    int bus_port = 0;
    std::vector<int> broker_ports;  // what the broker that we look after listens on; none: there is no such broker
    struct Certificate {
        std::string use;    // "store CA", "broker", "agent"
        std::string fault;  // "" or why it cannot be read
        WallTime until;
    };
    std::vector<Certificate> certificates;                // in the broker's folder, where we look after it
    std::map<std::string, WallTime> client_certificates;  // shown to clouds: by use, until when
    std::map<std::string, std::string> logins;            // that a person enrolls: by name, "" or what is wrong
    std::map<std::string, std::string> login_of;          // destinations that sign in so, and as which
};

struct DaemonFacts {
    std::string fault;  // "" or why it cannot be asked
    bool accepting = false;
    std::optional<std::int64_t> runway_hours;
    std::int64_t quarantined = 0;
    std::int64_t held = 0;
    struct Destination {
        std::string name;
        std::string state;  // as in the contract
        std::string cause;  // "" or as in the contract
        std::int64_t behind = 0;
    };
    std::vector<Destination> destinations;
    struct Missing {
        std::string till;
        std::int64_t count = 0;
    };
    std::vector<Missing> missing;          // tills with numbers that never came
    std::optional<bool> bodies_lie_plain;  // although a key is there
};

// In the order in which to mend them.
[[nodiscard]] std::vector<Finding> diagnose(const BoxFacts& box, const DaemonFacts& daemon);

[[nodiscard]] bool all_fine(const std::vector<Finding>& findings);
// {"fine":bool,"checks":[{"check","state":"fine"|"attention"|"broken","found","meaning","remedy"}]}
[[nodiscard]] std::string to_json(const std::vector<Finding>& findings);

}  // namespace tillkeeper::agent
