#include "agent/doctor/diagnosis.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "agent/contract/problem.h"
#include "agent/doctor/hardware_findings.h"

namespace tillkeeper::agent {
namespace {

constexpr std::uint64_t kRoomLow = 256U << 20;  // some 700,000 sales
constexpr std::uint64_t kRoomOut = 8U << 20;
constexpr std::int64_t kRunwayLowHours = 72;  // a long weekend
constexpr std::int64_t kBehindMany = 10'000;
constexpr unsigned kOthersBits = 0077;
constexpr auto kSoon = std::chrono::days(30);

using Findings = std::vector<Finding>;

void fine(Findings& all, std::string check, std::string found) {
    all.push_back({std::move(check), Health::kFine, std::move(found), "", ""});
}

std::string in_mib(std::uint64_t bytes) {
    return std::to_string(bytes >> 20) + " MiB";
}

void configuration(const BoxFacts& box, Findings& all) {
    for (const auto& fault : box.config_faults)
        all.push_back(
            {"configuration", Health::kBroken, fault,
             "The daemon does not start with this configuration; where it is a client certificate, what is for "
             "that cloud waits.",
             "Mend that line; then: tillkeeper config check"});
    if (box.config_faults.empty()) fine(all, "configuration", box.config_path + " has no faults");
}

void daemon_answers(const DaemonFacts& daemon, Findings& all) {
    if (!daemon.fault.empty()) {
        all.push_back({"daemon", Health::kBroken, daemon.fault,
                       "No sale is taken. Tills keep theirs until it runs again; what was accepted is safe.",
                       "Start it: systemctl start tillkeeper; its log says why it ended: journalctl -u tillkeeper"});
        return;
    }
    if (daemon.accepting) return fine(all, "daemon", "runs and takes sales");
    all.push_back({"daemon", Health::kBroken, "runs and takes no sales now",
                   "Tills keep their sales until it takes them again; what was accepted is safe.",
                   "The page says why (GET /healthz): the broker is away, or the disk is full or failing"});
}

void sealing(const BoxFacts& box, const DaemonFacts& daemon, Findings& all) {
    if (!box.sealing) {
        all.push_back({"sealing", Health::kAttention, "off: no key_file under [journal]",
                       "Whoever takes the disk out can read what customers bought, and their names.",
                       "openssl rand -hex 32 > journal.key; chmod 600 journal.key; name it as key_file; restart the "
                       "daemon. Keep a copy of the key elsewhere: without it nobody can read the journal"});
        return;
    }
    if (daemon.bodies_lie_plain.value_or(false)) {
        all.push_back({"sealing", Health::kAttention, "on, but older sales still lie unsealed",
                       "They are being sealed while the daemon runs.", "Wait; then look again: tillkeeper key status"});
        return;
    }
    fine(all, "sealing", "on");
}

void clock(const BoxFacts& box, Findings& all) {
    if (box.clock_trusted) return fine(all, "clock", "can be trusted: " + to_rfc3339(box.now));
    all.push_back(
        {"clock", Health::kAttention, "says " + to_rfc3339(box.now) + ", and nobody has set it since the boot",
         "Sales are taken and keep their order. Certificates of the cloud cannot be checked with a wrong clock.",
         "Let the box reach a time server: timedatectl status. Times are corrected then"});
}

void disk(const BoxFacts& box, const DaemonFacts& daemon, Findings& all) {
    if (!box.disk_free_bytes) return;
    const std::string found = in_mib(*box.disk_free_bytes) + " free for the journal";
    const bool soon = daemon.runway_hours && *daemon.runway_hours < kRunwayLowHours;
    if (*box.disk_free_bytes >= kRoomLow && !soon) return fine(all, "disk", found);
    const std::string left = daemon.runway_hours ? "Room for about " + std::to_string(*daemon.runway_hours) +
                                                       " hours of sales without the cloud."
                                                 : "Sales are refused when it is full.";
    const auto health = *box.disk_free_bytes < kRoomOut ? Health::kBroken : Health::kAttention;
    all.push_back({"disk", health, found, left,
                   "Remove what is not the journal from " + box.data_folder + "'s file system, or give it more room"});
}

void permissions(const BoxFacts& box, Findings& all) {
    if (!box.data_mode) {
        all.push_back({"permissions", Health::kAttention, "there is no folder " + box.data_folder + " that we can see",
                       "The daemon makes it at its first start.",
                       "Start the daemon, or run this as its user or as root"});
        return;
    }
    if ((*box.data_mode & kOthersBits) == 0)
        return fine(all, "permissions", box.data_folder + " is the daemon's alone");
    all.push_back({"permissions", Health::kAttention, "others may look into " + box.data_folder,
                   "Any program on this box can copy the journal.", "chmod 700 " + box.data_folder});
}

void bus(const BoxFacts& box, Findings& all) {
    if (box.bus_tls) return fine(all, "bus", "TLS");
    all.push_back({"bus", box.bus_on_this_box ? Health::kAttention : Health::kBroken, "without TLS",
                   box.bus_on_this_box
                       ? "Passwords and sales are readable on this box, and in the store if tills come in the same way."
                       : "Anybody on the store's network can read and forge sales.",
                   "Set broker_folder (the agent then makes certificates) or ca_file under [bus]"});
}

// They stand in two files: the daemon's configuration, and what the broker is started with.
void ports(const BoxFacts& box, Findings& all) {
    if (box.broker_ports.empty() || !box.bus_on_this_box) return;
    const std::string port = std::to_string(box.bus_port);
    if (std::ranges::find(box.broker_ports, box.bus_port) != box.broker_ports.end()) return fine(all, "bus port", port);
    all.push_back({"bus port", Health::kBroken,
                   "the broker of this box listens on " + std::to_string(box.broker_ports.front()) +
                       ", the configuration says " + port,
                   "The daemon does not reach the broker: no sale is taken.",
                   "Give port under [bus] and PORT in /etc/default/tillkeeper-broker the same number; then: systemctl "
                   "restart tillkeeper-broker tillkeeper"});
}

void certificates(const BoxFacts& box, Findings& all) {
    for (const auto& each : box.certificates) {
        const std::string check = "certificate of the " + each.use;
        if (!each.fault.empty())
            all.push_back(
                {check, Health::kBroken, each.fault, "Tills cannot connect once the broker restarts.",
                 "Restore it from a backup; if there is none: tillkeeper bus init, and give tills the new CA"});
        else if (each.until < box.now + kSoon)
            all.push_back({check, each.until < box.now ? Health::kBroken : Health::kAttention,
                           "good until " + to_rfc3339(each.until), "Tills cannot connect after that.",
                           "The daemon renews it hourly while it runs; its log says why it could not"});
        else
            fine(all, check, "good until " + to_rfc3339(each.until));
    }
}

void client_certificates(const BoxFacts& box, Findings& all) {
    for (const auto& [use, until] : box.client_certificates) {
        const std::string check = "client certificate of " + use;
        const std::string found = "good until " + to_rfc3339(until);
        if (until >= box.now + kSoon)
            fine(all, check, found);
        else
            all.push_back({check, until < box.now ? Health::kBroken : Health::kAttention, found,
                           "The cloud turns this box away after that; what is for it waits.",
                           "Put a new certificate and its key in the places of the old ones; no restart is needed"});
    }
}

void logins(const BoxFacts& box, Findings& all) {
    for (const auto& [name, fault] : box.logins) {
        const std::string check = "login " + name;
        if (fault.empty())
            fine(all, check, "this box is enrolled");
        else
            all.push_back({check, Health::kAttention, fault,
                           "The cloud does not know this box: what is for it waits, and is safe here.",
                           "tillkeeper enroll " + name + "; have a phone at hand that may sign in for this store"});
    }
}

std::string remedy_of(const std::string& cause) {
    static const std::map<std::string, std::string> kRemedies{
        {"by_staff", "Somebody keeps the store offline: tillkeeper status says who and why; tillkeeper online ends it"},
        {"no_link", "Plug the cable in; look at the switch"},
        {"no_route", "Look at the router and the line; nothing to do on this box"},
        {"no_dns", "Look at the name server: resolvectl status"},
        {"captive_portal", "Somebody must sign in to this network in a browser"},
        {"tls", "Look at the clock of this box, at ca_file of the destination, and at certificate_file if it has one"},
        {"login", "Look at client_id, its secret, key or certificate, and scope; ask who runs the login service"},
        {"service", "Nothing to do here: it goes on by itself when the service is well; tell who runs it"},
    };
    const auto found = kRemedies.find(cause);
    return found == kRemedies.end() ? "Wait a minute and look again" : found->second;
}

void destinations(const BoxFacts& box, const DaemonFacts& daemon, Findings& all) {
    for (const auto& each : daemon.destinations) {
        const auto login = box.login_of.find(each.name);
        const bool enrolls = each.cause == "login" && login != box.login_of.end();
        const std::string check = "destination " + each.name;
        const std::string behind = std::to_string(each.behind) + " behind";
        if (each.state == "waiting")
            all.push_back({check, Health::kAttention, "waits (" + each.cause + "), " + behind,
                           "Its sales are safe here and go out later, each once.",
                           (enrolls ? "tillkeeper enroll " + login->second + "; if that does not help: " : "") +
                               remedy_of(each.cause)});
        else if (each.behind > kBehindMany)
            all.push_back(
                {check, Health::kAttention, behind, "It is catching up.", "Wait; tillkeeper status tells how long"});
        else
            fine(all, check, behind);
    }
}

void queue(const DaemonFacts& daemon, Findings& all) {
    if (daemon.quarantined + daemon.held == 0) return fine(all, "queue", "nothing waits for a person");
    all.push_back({"queue", Health::kAttention,
                   std::to_string(daemon.quarantined) + " quarantined, " + std::to_string(daemon.held) + " held",
                   "They are safe, and do not go on without a person.",
                   "tillkeeper queue list; then repair, retry or skip"});
}

void tills(const DaemonFacts& daemon, Findings& all) {
    if (daemon.missing.empty()) return fine(all, "tills", "no number is missing");
    for (const auto& each : daemon.missing)
        all.push_back({"tills", Health::kAttention,
                       "till " + each.till + ": " + std::to_string(each.count) + " numbers never came",
                       "Sales may still lie on that till, or it skipped numbers.",
                       "tillkeeper till list names them; look at that till, and switch it on"});
}

std::string_view to_string(Health health) {
    switch (health) {
        case Health::kFine:
            return "fine";
        case Health::kAttention:
            return "attention";
        case Health::kBroken:
            return "broken";
    }
    std::unreachable();
}

}  // namespace

std::vector<Finding> diagnose(const BoxFacts& box, const DaemonFacts& daemon) {
    Findings all;
    configuration(box, all);
    daemon_answers(daemon, all);
    if (box.config_faults.empty()) {
        disk(box, daemon, all);
        certificates(box, all);
        client_certificates(box, all);
        logins(box, all);
        bus(box, all);
        ports(box, all);
        permissions(box, all);
        sealing(box, daemon, all);
    }
    clock(box, all);
    std::ranges::move(hardware_findings(box.identity, box.hardware), std::back_inserter(all));
    if (!daemon.fault.empty()) return all;
    destinations(box, daemon, all);
    queue(daemon, all);
    tills(daemon, all);
    return all;
}

bool all_fine(const std::vector<Finding>& findings) {
    for (const auto& finding : findings)
        if (finding.health != Health::kFine) return false;
    return true;
}

std::string to_json(const std::vector<Finding>& findings) {
    std::string out = std::string("{\"fine\":") + (all_fine(findings) ? "true" : "false") + ",\"checks\":[";
    for (const auto& each : findings)
        out += std::string(out.back() == '}' ? "," : "") + "{\"check\":" + quoted(each.check) +
               ",\"state\":" + quoted(to_string(each.health)) + ",\"found\":" + quoted(each.found) +
               ",\"meaning\":" + quoted(each.meaning) + ",\"remedy\":" + quoted(each.remedy) + '}';
    return out + "]}";
}

}  // namespace tillkeeper::agent
