// Where the command line gets its answers: from the running daemon, or read-only from the journal while it is stopped.
#pragma once

#include <string>

#include "platform/result.h"

namespace tillkeeper::cli {

struct Access {
    std::string config_path = "/etc/tillkeeper/tillkeeper.toml";
    std::string socket;  // "": the configuration's
};

class JournalAccess {
  public:
    explicit JournalAccess(Access access);

    // JSON. Status and decisions need the daemon: kUnavailable says so when it does not run.
    [[nodiscard]] Result<std::string> status() const;
    [[nodiscard]] Result<std::string> queue(const std::string* destination, std::int64_t after) const;
    [[nodiscard]] Result<std::string> differences(std::int64_t after) const;
    [[nodiscard]] Result<std::string> entry(std::int64_t number) const;
    [[nodiscard]] Result<std::string> find(const std::string& text) const;
    [[nodiscard]] Result<std::string> tills() const;
    [[nodiscard]] Result<std::string> verify() const;
    [[nodiscard]] Result<std::string> decide(std::int64_t number, const std::string& verb,
                                             const std::string& body) const;

  private:
    Access access_;
};

}  // namespace tillkeeper::cli
