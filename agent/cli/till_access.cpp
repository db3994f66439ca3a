#include "agent/cli/till_access.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "agent/bus_access/running_broker.h"
#include "agent/bus_access/safe_file.h"
#include "agent/bus_access/store_authority.h"
#include "agent/bus_access/till_passwords.h"
#include "agent/bus_guard/locked_out.h"
#include "agent/cli/till_kick.h"
#include "agent/contract/problem.h"
#include "agent/contract/transaction.h"
#include "platform/linux-arm/system.h"

namespace tillkeeper::cli {
namespace {

constexpr const char* kAgentUser = "tillkeeper";

struct Access {
    agent::StoreAuthority authority;
    agent::TillPasswords passwords;
    std::string tls_folder;
};

Result<Access> access_of(const agent::Config& config) {
    if (config.broker_folder.empty())
        return fail(ErrorCode::kInvalid, "bus.broker_folder is missing in the configuration: the broker's folder");
    if (!std::filesystem::exists(config.broker_folder + "/passwords"))
        return fail(ErrorCode::kNotFound,
                    "no broker's passwords in " + config.broker_folder + "; run make-broker-config");
    std::string tls = config.broker_folder + "/tls";
    agent::StoreAuthority authority(tls, config.broker_hosts);
    if (auto kept = authority.keep(SystemClock().wall()); !kept) return std::unexpected(kept.error());
    return Access{std::move(authority), agent::TillPasswords(config.broker_folder + "/passwords"), std::move(tls)};
}

Result<void> check_name(const std::string& till) {
    if (!agent::is_till_name(till)) return fail(ErrorCode::kInvalid, "a till's name is 1 to 32 of A-Z a-z 0-9 _ -");
    if (till == kAgentUser) return fail(ErrorCode::kInvalid, "that is the agent's own name");
    return {};
}

struct SignIn {
    bool password = false;
    std::string certificate_until;  // the good one's; "" when there is none
    bool expired = false;           // that one
};

Result<std::map<std::string, SignIn>> tills_of(const Access& access) {
    std::map<std::string, SignIn> tills;
    const auto names = access.passwords.names();
    if (!names) return std::unexpected(names.error());
    for (const auto& name : *names)
        if (name != kAgentUser) tills[name].password = true;
    const auto issued = access.authority.issued();
    if (!issued) return std::unexpected(issued.error());
    for (const auto& each : *issued) {
        auto& till = tills[each.till];
        if (each.revoked || each.until < till.certificate_until) continue;  // RFC 3339 in UTC sorts by time
        till.certificate_until = each.until;
        till.expired = each.until <= to_rfc3339(SystemClock().wall());
    }
    return tills;
}

// A file that is no password's was named by mistake. Only who changes a till's secret may write over one.
Result<void> may_write(const TillWish& wish, bool over) {
    constexpr std::uintmax_t kPasswordFileMax = 256;
    std::error_code nothing_there;
    const auto size = std::filesystem::file_size(wish.out, nothing_there);
    if (nothing_there || (over && size <= kPasswordFileMax)) return {};
    return fail(ErrorCode::kInvalid, wish.out + " is there already and stays as it is; name another file");
}

// The secret in a file for its till, or in the answer when there is no file.
Result<std::string> password_for(const Access& access, const TillWish& wish) {
    const auto password = agent::TillPasswords::new_password();
    if (!password) return password;
    // First where somebody will find it: what is in force and known to nobody locks the till out.
    if (!wish.out.empty())
        if (auto written = agent::write_safely(wish.out, *password + '\n', 0600, agent::OldMode::kReplaced); !written)
            return std::unexpected(written.error());
    const auto turn = agent::FolderTurn::take(access.tls_folder);
    if (!turn) return std::unexpected(turn.error());
    if (auto done = access.passwords.set(wish.till, *password); !done) return std::unexpected(done.error());
    if (wish.out.empty()) return "\"password\":" + agent::quoted(*password);
    return "\"password_file\":" + agent::quoted(wish.out);
}

Result<std::string> certificate_for(const Access& access, const TillWish& wish, std::string& serial) {
    if (wish.out.empty()) return fail(ErrorCode::kInvalid, "--certificate needs --out FOLDER for key and certificates");
    std::error_code trouble;
    std::filesystem::create_directories(wish.out, trouble);
    auto identity = access.authority.issue(wish.till, SystemClock().wall());
    if (!identity) return std::unexpected(identity.error());
    const auto ca = agent::read_if_there(access.authority.path("ca.pem"));
    if (!ca) return std::unexpected(ca.error());
    if (auto written = agent::write_safely(wish.out + "/ca.pem", *ca, 0644); !written)
        return std::unexpected(written.error());
    const std::string base = wish.out + '/' + wish.till;
    if (auto written = agent::write_safely(base + ".key", identity->key_pem, 0600, agent::OldMode::kReplaced); !written)
        return std::unexpected(written.error());
    if (auto written = agent::write_safely(base + ".pem", identity->certificate_pem, 0644); !written)
        return std::unexpected(written.error());
    const auto facts = read_certificate(identity->certificate_pem);
    if (!facts) return std::unexpected(facts.error());
    serial = facts->serial;
    return "\"key\":" + agent::quoted(base + ".key") + ",\"certificate\":" + agent::quoted(base + ".pem") +
           ",\"ca\":" + agent::quoted(wish.out + "/ca.pem");
}

// The answer, after the running broker was told. `kick` also ends connections under that name.
Result<std::string> told(const agent::Config& config, const std::string& till, const std::string& members, bool kick) {
    const auto reloaded = agent::reload_broker(config.broker_folder);
    if (!reloaded) return std::unexpected(reloaded.error());
    if (!*reloaded && kick && somebody_listens(config.bus))
        return fail(ErrorCode::kUnavailable, "the broker that runs is not the one of " + config.broker_folder +
                                                 "/mosquitto.pid and could not be told: send it SIGHUP or restart it, "
                                                 "or it still lets " +
                                                 till + " in");
    if (*reloaded && kick)
        if (auto kicked = kick_till(config.bus, till); !kicked)
            return fail(kicked.error().code, till + " cannot sign in any more, but may still be connected: " +
                                                 kicked.error().message + "; restart the broker");
    return "{\"till\":" + agent::quoted(till) + ',' + members + (members.empty() ? "" : ",") +
           "\"broker_running\":" + (*reloaded ? "true" : "false") + '}';
}

}  // namespace

Result<std::string> add_till(const agent::Config& config, const TillWish& wish) {
    if (auto named = check_name(wish.till); !named) return std::unexpected(named.error());
    const auto access = access_of(config);
    if (!access) return std::unexpected(access.error());
    const auto tills = tills_of(*access);
    if (!tills) return std::unexpected(tills.error());
    const auto found = tills->find(wish.till);
    if (found != tills->end() && (wish.certificate ? !found->second.certificate_until.empty() : found->second.password))
        return fail(ErrorCode::kInvalid, wish.till + " is there already; see: tillkeeper till rotate");
    if (auto may = may_write(wish, false); !may && !wish.certificate) return std::unexpected(may.error());
    std::string serial;
    const auto secret = wish.certificate ? certificate_for(*access, wish, serial) : password_for(*access, wish);
    return secret ? told(config, wish.till, *secret, false) : secret;
}

Result<std::string> rotate_till(const agent::Config& config, const TillWish& wish) {
    if (auto named = check_name(wish.till); !named) return std::unexpected(named.error());
    const auto access = access_of(config);
    if (!access) return std::unexpected(access.error());
    const auto tills = tills_of(*access);
    if (!tills) return std::unexpected(tills.error());
    const auto found = tills->find(wish.till);
    if (found == tills->end() ||
        !(wish.certificate ? !found->second.certificate_until.empty() : found->second.password))
        return fail(ErrorCode::kNotFound, wish.till + " has none; see: tillkeeper till add");
    if (auto may = may_write(wish, true); !may && !wish.certificate) return std::unexpected(may.error());
    std::string serial;
    const auto secret = wish.certificate ? certificate_for(*access, wish, serial) : password_for(*access, wish);
    if (!secret) return secret;
    if (wish.certificate)
        if (auto revoked = access->authority.revoke(wish.till, serial); !revoked)
            return std::unexpected(revoked.error());
    return told(config, wish.till, *secret, true);
}

Result<std::string> revoke_till(const agent::Config& config, const std::string& till) {
    if (auto named = check_name(till); !named) return std::unexpected(named.error());
    const auto access = access_of(config);
    if (!access) return std::unexpected(access.error());
    const auto tills = tills_of(*access);
    if (!tills) return std::unexpected(tills.error());
    if (!tills->contains(till)) return fail(ErrorCode::kNotFound, "there is no till " + till);
    {
        const auto turn = agent::FolderTurn::take(access->tls_folder);
        if (!turn) return std::unexpected(turn.error());
        if (auto removed = access->passwords.remove(till); !removed) return std::unexpected(removed.error());
    }
    if (auto revoked = access->authority.revoke(till); !revoked) return std::unexpected(revoked.error());
    return told(config, till, "\"revoked\":true", true);
}

Result<std::string> list_tills(const agent::Config& config) {
    const auto access = access_of(config);
    if (!access) return std::unexpected(access.error());
    const auto tills = tills_of(*access);
    if (!tills) return std::unexpected(tills.error());
    const auto locked = bus_guard::read_locked_out(config.broker_folder);
    std::string json = "{\"tills\":[";
    for (const auto& [name, till] : *tills) {
        const auto out = locked.find(name);
        const char* state = till.password || (!till.certificate_until.empty() && !till.expired) ? "\"good\""
                            : till.expired                                                      ? "\"expired\""
                                                                                                : "\"revoked\"";
        json += std::string(json.back() == '[' ? "" : ",") + "{\"till\":" + agent::quoted(name) +
                ",\"state\":" + state + ",\"password\":" + (till.password ? "true" : "false") +
                ",\"certificate_until\":" +
                (till.certificate_until.empty() ? "null" : agent::quoted(till.certificate_until)) +
                ",\"locked_out_until\":" + (out == locked.end() ? "null" : agent::quoted(out->second)) + '}';
    }
    return json + "]}";
}

Result<std::string> init_bus(const std::string& broker_folder, const std::vector<std::string>& hosts) {
    const agent::StoreAuthority authority(broker_folder + "/tls", hosts);
    const auto changed = authority.keep(SystemClock().wall());
    if (!changed) return std::unexpected(changed.error());
    if (*changed)
        if (auto told_broker = agent::reload_broker(broker_folder); !told_broker)
            return std::unexpected(told_broker.error());
    return "{\"ca\":" + agent::quoted(authority.path("ca.pem")) + ",\"changed\":" + (*changed ? "true" : "false") + '}';
}

}  // namespace tillkeeper::cli
