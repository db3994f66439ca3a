#include "agent/cli/doctor.h"

#include <sys/stat.h>

#include <sstream>

#include "agent/bus_access/certificate_ends.h"
#include "agent/bus_access/safe_file.h"
#include "agent/cli/daemon_call.h"
#include "agent/config/clients.h"
#include "agent/config/config.h"
#include "agent/doctor/diagnosis.h"
#include "agent/enrolment/login_file.h"
#include "platform/certificates.h"
#include "platform/linux-arm/sysfs_hardware.h"
#include "platform/linux-arm/system.h"

namespace tillkeeper::cli {
namespace {

using agent::BoxFacts;
using agent::DaemonFacts;

BoxFacts::Certificate certificate(const std::string& folder, const char* use, const char* file) {
    BoxFacts::Certificate fact{use, "", {}};
    const auto pem = agent::read_if_there(folder + "/tls/" + file);
    if (!pem || pem->empty()) {
        fact.fault = pem ? std::string(file) + " is not there" : pem.error().message;
        return fact;
    }
    const auto facts = read_certificate(*pem);
    if (facts)
        fact.until = facts->until;
    else
        fact.fault = std::string(file) + ": " + facts.error().message;
    return fact;
}

// As make-broker-config writes them: "listener PORT ADDRESS".
std::vector<int> broker_ports(const std::string& folder) {
    std::istringstream lines(agent::read_if_there(folder + "/mosquitto.conf").value_or(""));
    std::vector<int> ports;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string word;
        int port = 0;
        if (words >> word >> port && word == "listener") ports.push_back(port);
    }
    return ports;
}

void look_at_logins(const agent::Config& config, BoxFacts& box) {
    for (const auto& each : config.destinations)
        if (!each.oauth.login.empty()) box.login_of[each.name] = each.oauth.login;
    for (const auto& login : agent::logins_of(config).value_or(std::vector<agent::Login>{})) {
        const auto token = agent::LoginFile(config.data_folder, login.name, login.client).token();
        box.logins[login.name] = token ? "" : token.error().message;
    }
}

void look_at(const agent::Config& config, const Device& device, BoxFacts& box) {
    box.sealing = !config.journal_key.empty();
    box.data_folder = config.data_folder;
    struct stat info{};
    if (::stat(config.data_folder.c_str(), &info) == 0) box.data_mode = info.st_mode & 07777;
    if (const auto free_bytes = device.disk_free_bytes(config.data_folder)) box.disk_free_bytes = *free_bytes;
    box.bus_tls = !config.bus.ca_file.empty();
    box.bus_on_this_box =
        config.bus.host == "localhost" || config.bus.host.starts_with("127.") || config.bus.host == "::1";
    box.client_certificates = agent::client_certificate_ends(config);
    look_at_logins(config, box);
    box.bus_port = config.bus.port;
    if (config.broker_folder.empty()) return;
    box.broker_ports = broker_ports(config.broker_folder);
    box.certificates = {certificate(config.broker_folder, "store CA", "ca.pem"),
                        certificate(config.broker_folder, "broker", "server.pem")};
}

DaemonFacts daemon_facts(const std::string& socket) {
    DaemonFacts facts;
    const auto status = call_daemon(socket, "GET", "/status");
    if (!status) {
        facts.fault = status.error().message;
        return facts;
    }
    const JsonDocument document(*status);
    const auto state = document.root();
    facts.accepting = state.is_true("accepting");
    if (state.at("runway").text("limited_by") == "disk") facts.runway_hours = state.at("runway").number("hours");
    facts.quarantined = state.number("quarantined");
    facts.held = state.number("held");
    for (const auto each : state.at("destinations").children())
        facts.destinations.push_back({each.name(), each.text("state"), each.text("cause"), each.number("behind")});
    if (const auto tills = call_daemon(socket, "GET", "/tills")) {
        const JsonDocument list(*tills);
        for (const auto each : list.root().at("tills").children())
            if (each.number("missing_count") > 0)
                facts.missing.push_back({each.text("till"), each.number("missing_count")});
    }
    if (const auto keys = call_daemon(socket, "GET", "/keys"))
        facts.bodies_lie_plain = JsonDocument(*keys).root().is_true("plain");
    return facts;
}

}  // namespace

std::string examine_box(const Access& access) {
    BoxFacts box;
    box.config_path = access.config_path;
    const auto config = agent::check_config(access.config_path);
    const auto device = make_device("/", config ? config->clock_set_file : "");
    box.clock_trusted = device->clock_trusted();
    box.now = SystemClock().wall();
    const auto hardware = make_hardware(config ? config->sysfs : agent::Config{}.sysfs);
    box.identity = hardware->identity();
    box.hardware = hardware->state();
    if (config)
        look_at(*config, *device, box);
    else
        box.config_faults = config.error();
    std::string socket = config ? config->control_socket : agent::Config{}.control_socket;
    if (!access.socket.empty()) socket = access.socket;
    return to_json(agent::diagnose(box, daemon_facts(socket)));
}

std::string doctor_text(JsonView diagnosis) {
    std::string text;
    for (const auto check : diagnosis.at("checks").children()) {
        const auto state = check.text("state");
        text += (state == "fine"     ? "  fine       "
                 : state == "broken" ? "! BROKEN     "
                                     : "* ATTENTION  ") +
                check.text("check") + ": " + check.text("found") + '\n';
        if (state == "fine") continue;
        text +=
            "               " + check.text("meaning") + "\n               What to do: " + check.text("remedy") + '\n';
    }
    return text + (diagnosis.is_true("fine") ? "All is well.\n" : "");
}

}  // namespace tillkeeper::cli
