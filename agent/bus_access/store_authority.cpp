#include "agent/bus_access/store_authority.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "agent/bus_access/renewal.h"
#include "agent/bus_access/safe_file.h"
#include "agent/config/descriptor.h"

namespace tillkeeper::agent {
namespace {

constexpr const char* kAuthorityName = "Tillkeeper store authority";
constexpr const char* kUntold = "untold";
constexpr mode_t kSecret = 0600;
constexpr mode_t kForBroker = 0640;
constexpr mode_t kForAll = 0644;

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

bool is_serial(const std::string& text) {
    return text.size() >= 2 && text.find_first_not_of("0123456789ABCDEF") == std::string::npos;
}

}  // namespace

StoreAuthority::StoreAuthority(std::string folder, std::vector<std::string> hosts)
    : folder_(std::move(folder)), hosts_(std::move(hosts)) {
    for (std::string host : {std::string("localhost"), std::string("127.0.0.1"), std::string("::1"), host_name()})
        if (!host.empty() && std::ranges::find(hosts_, host) == hosts_.end()) hosts_.push_back(std::move(host));
}

Result<Identity> StoreAuthority::authority() const {
    auto text = read_if_there(path("authority.pem"));
    if (!text) return std::unexpected(text.error());
    if (text->empty()) return fail(ErrorCode::kNotFound, "the store has no authority yet: tillkeeper bus init");
    auto identity = read_identity(*text);
    // Every till trusts this one: a damaged authority is a person's matter, not a reason to make another.
    if (!identity)
        return fail(ErrorCode::kCorrupt, path("authority.pem") + " is damaged; restore it from a backup, or remove " +
                                             folder_ + " and give every till its new ca.pem");
    return identity;
}

Result<Identity> StoreAuthority::keep_authority(WallTime now, bool& changed) const {
    auto kept = authority();
    if (!kept && kept.error().code != ErrorCode::kNotFound) return kept;
    if (!kept && ::access(path("ca.pem").c_str(), F_OK) == 0)
        return fail(ErrorCode::kCorrupt, path("authority.pem") + " is gone; restore it from a backup, or remove " +
                                             folder_ + " and give every till its new ca.pem");
    const auto facts = kept ? read_certificate(kept->certificate_pem) : CertificateFacts{};
    if (!kept || is_renewal_due(facts->until, kAuthorityLife, now)) {
        const Identity* old = kept ? &*kept : nullptr;
        auto made = make_authority(kAuthorityName, now + kAuthorityLife, old);
        if (!made) return made;
        auto written = write_safely(path("authority.pem"), made->key_pem + made->certificate_pem, kSecret);
        if (!written) return std::unexpected(written.error());
        kept = std::move(made);
    }
    const auto shown = read_if_there(path("ca.pem"));
    if (shown && *shown == kept->certificate_pem) return kept;
    changed = true;
    if (auto written = write_safely(path("ca.pem"), kept->certificate_pem, kForAll); !written)
        return std::unexpected(written.error());
    return kept;
}

Result<void> StoreAuthority::keep_leaf(const Identity& authority, const char* name, const CertificateWish& wish,
                                       Duration life, WallTime now, bool& changed) const {
    const auto text = read_if_there(path(name));
    if (!text) return std::unexpected(text.error());
    const auto identity = read_identity(*text);
    const auto facts = identity ? read_certificate(*text) : std::unexpected(identity.error());
    auto hosts = wish.hosts;
    std::ranges::transform(hosts, hosts.begin(), canonical_host);
    std::ranges::sort(hosts);
    if (facts && facts->hosts == hosts && is_signed_by(*text, authority) && !is_renewal_due(facts->until, life, now))
        return {};
    auto made = issue_certificate(authority, wish);
    if (!made) return std::unexpected(made.error());
    changed = true;
    return write_safely(path(name), made->key_pem + made->certificate_pem, wish.hosts.empty() ? kSecret : kForBroker);
}

Result<bool> StoreAuthority::keep(WallTime now) const {
    std::error_code trouble;
    if (std::filesystem::create_directories(folder_, trouble)) {
        const Descriptor made(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!inherit_owner(made.get(), folder_)) trouble.assign(errno, std::generic_category());
    }
    if (trouble) return fail(ErrorCode::kInvalid, "cannot make " + folder_ + " (" + trouble.message() + ")");
    const auto turn = FolderTurn::take(folder_);
    if (!turn) return std::unexpected(turn.error());
    now = std::max(now, kEarliest);
    bool changed = false;
    const auto authority = keep_authority(now, changed);
    if (!authority) return std::unexpected(authority.error());
    const CertificateWish server{"tillkeeper-broker", hosts_, now + kServerLife};
    const CertificateWish agent{"tillkeeper", {}, now + kAgentLife};
    if (auto kept = keep_leaf(*authority, "server.pem", server, kServerLife, now, changed); !kept)
        return std::unexpected(kept.error());
    if (auto kept = keep_leaf(*authority, "agent.pem", agent, kAgentLife, now, changed); !kept)
        return std::unexpected(kept.error());
    // Made from `issued`: what is damaged, or of another authority, is made again.
    const auto revoked = read_if_there(path("revoked.pem"));
    if (!revoked) return std::unexpected(revoked.error());
    if (!read_revocation_list(*revoked, *authority)) {
        changed = true;
        if (auto written = write_revoked(*authority); !written) return std::unexpected(written.error());
    }
    if (changed)
        if (auto noted = write_safely(path(kUntold), "", kForAll); !noted) return std::unexpected(noted.error());
    return changed;
}

bool StoreAuthority::untold() const {
    return ::access(path(kUntold).c_str(), F_OK) == 0;
}

void StoreAuthority::told() const {
    ::unlink(path(kUntold).c_str());
}

Result<Identity> StoreAuthority::issue(const std::string& till, WallTime now) const {
    const auto turn = FolderTurn::take(folder_);
    if (!turn) return std::unexpected(turn.error());
    const auto signer = authority();
    if (!signer) return signer;
    auto made = issue_certificate(*signer, {till, {}, std::max(now, kEarliest) + kTillLife});
    if (!made) return made;
    const auto facts = read_certificate(made->certificate_pem);
    if (!facts) return std::unexpected(facts.error());
    auto all = issued();
    if (!all) return std::unexpected(all.error());
    all->push_back({till, facts->serial, to_rfc3339(facts->until), false});
    if (auto written = write_issued(*all); !written) return std::unexpected(written.error());
    return made;
}

Result<int> StoreAuthority::revoke(const std::string& till, const std::string& except) const {
    const auto turn = FolderTurn::take(folder_);
    if (!turn) return std::unexpected(turn.error());
    auto all = issued();
    if (!all) return std::unexpected(all.error());
    int count = 0;
    for (auto& each : *all)
        if (each.till == till && !each.revoked && each.serial != except) {
            each.revoked = true;
            ++count;
        }
    // Also when nothing is new: a revocation that was cut short is finished by the next.
    if (auto written = write_issued(*all); !written) return std::unexpected(written.error());
    const auto signer = authority();
    if (!signer) return std::unexpected(signer.error());
    if (auto written = write_revoked(*signer); !written) return std::unexpected(written.error());
    return count;
}

Result<std::vector<IssuedCertificate>> StoreAuthority::issued() const {
    const auto text = read_if_there(path("issued"));
    if (!text) return std::unexpected(text.error());
    std::vector<IssuedCertificate> all;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        IssuedCertificate each;
        std::string state, more;
        const bool whole = words >> each.till >> each.serial >> each.until >> state && !(words >> more);
        if (!whole || !is_serial(each.serial) || (state != "good" && state != "revoked"))
            return fail(ErrorCode::kCorrupt, path("issued") + ", line " + std::to_string(all.size() + 1) +
                                                 " is damaged; restore the file from a backup: it says who is revoked");
        each.revoked = state == "revoked";
        all.push_back(std::move(each));
    }
    return all;
}

Result<void> StoreAuthority::write_issued(const std::vector<IssuedCertificate>& all) const {
    std::string text;
    for (const auto& each : all)
        text += each.till + ' ' + each.serial + ' ' + each.until + (each.revoked ? " revoked\n" : " good\n");
    return write_safely(path("issued"), text, kSecret);
}

// Numbered by how many it names: revoking only ever adds.
Result<void> StoreAuthority::write_revoked(const Identity& authority) const {
    const auto all = issued();
    if (!all) return std::unexpected(all.error());
    std::vector<std::string> serials;
    for (const auto& each : *all)
        if (each.revoked) serials.push_back(each.serial);
    // A certificate that was revoked stays so, whatever became of `issued`.
    const auto text = read_if_there(path("revoked.pem"));
    if (!text) return std::unexpected(text.error());
    const auto before = read_revocation_list(*text, authority);
    for (const auto& serial : before.value_or(std::vector<std::string>{}))
        if (std::ranges::find(serials, serial) == serials.end())
            return fail(ErrorCode::kCorrupt,
                        path("issued") + " lacks a certificate that revoked.pem names; restore it");
    auto list = make_revocation_list(authority, serials, static_cast<std::uint32_t>(serials.size()) + 1);
    if (!list) return std::unexpected(list.error());
    return write_safely(path("revoked.pem"), *list, kForAll);
}

Result<FolderTurn> FolderTurn::take(const std::string& folder) {
    const std::string path = folder + "/.turn";
    FolderTurn turn(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    while (turn.file_ >= 0 && ::flock(turn.file_, LOCK_EX) != 0)
        if (errno != EINTR)
            return fail(ErrorCode::kInternal, "cannot lock " + path + " (" + std::strerror(errno) + ")");
    if (turn.file_ < 0 || !inherit_owner(turn.file_, path))
        return fail(ErrorCode::kInternal, "cannot open " + path + " (" + std::strerror(errno) + ")");
    return turn;
}

FolderTurn::~FolderTurn() {
    if (file_ >= 0) ::close(file_);
}

}  // namespace tillkeeper::agent
