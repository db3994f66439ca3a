// The broker's password file: who signs in with a password. It holds hashes only, in Mosquitto's form ($7$, PBKDF2 with
// SHA-512). Every change is written whole. Thread: any one; hold a FolderTurn while changing.
#pragma once

#include <string>
#include <vector>

#include "platform/result.h"

namespace tillkeeper::agent {

class TillPasswords {
  public:
    explicit TillPasswords(std::string file) : file_(std::move(file)) {}

    // Users in the order of the file, the agent among them.
    [[nodiscard]] Result<std::vector<std::string>> names() const;
    // A new random password of 32 characters for that user, replacing any other. Only the caller ever sees it.
    [[nodiscard]] Result<std::string> renew(const std::string& name) const;
    // False when there was none.
    [[nodiscard]] Result<bool> remove(const std::string& name) const;

  private:
    [[nodiscard]] Result<std::vector<std::string>> lines() const;
    [[nodiscard]] Result<void> write(const std::vector<std::string>& lines) const;

    std::string file_;
};

}  // namespace tillkeeper::agent
