// Where the command line gets its answers: from the running daemon, or read-only from the journal while it is stopped.
#pragma once

#include <string>

#include "agent/cli/progress.h"
#include "agent/config/config.h"
#include "platform/result.h"
#include "storage/journal.h"

namespace tillkeeper::cli {

struct Access {
    std::string config_path = "/etc/tillkeeper/tillkeeper.toml";
    std::string socket;  // "": the configuration's
};

// The journal of that configuration, for who opens it without the daemon.
[[nodiscard]] storage::JournalOptions journal_of(const agent::Config& config);

// Where the daemon listens; kInvalid, with the first fault of the configuration, when nobody knows.
[[nodiscard]] Result<std::string> socket_of(const Access& access);

// The daemon's GET /verify; `told` while it works.
[[nodiscard]] Result<std::string> verified_by_daemon(const std::string& socket, const Told& told);

class JournalAccess {
  public:
    explicit JournalAccess(Access access);

    // JSON. Status and decisions need the daemon: kUnavailable says so when it does not run.
    [[nodiscard]] Result<std::string> status() const;
    [[nodiscard]] Result<std::string> queue(const std::string* destination, std::int64_t after) const;
    [[nodiscard]] Result<std::string> differences(std::int64_t after) const;
    [[nodiscard]] Result<std::string> outages() const;
    [[nodiscard]] Result<std::string> entry(std::int64_t number) const;
    [[nodiscard]] Result<std::string> find(const std::string& text) const;
    [[nodiscard]] Result<std::string> tills() const;
    [[nodiscard]] Result<std::string> verify(const Told& told) const;
    // See day_desk.h; "" is today, and of manifests the newest ones. To make one needs the daemon.
    [[nodiscard]] Result<std::string> day(const std::string& date, bool csv) const;
    [[nodiscard]] Result<std::string> manifests(const std::string& date) const;
    [[nodiscard]] Result<std::string> manifest_key() const;
    [[nodiscard]] Result<std::string> make_manifest(const std::string& date) const;
    [[nodiscard]] Result<std::string> decide(std::int64_t number, const std::string& verb,
                                             const std::string& body) const;

  private:
    Access access_;
};

}  // namespace tillkeeper::cli
