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
    // 32 random characters.
    [[nodiscard]] static Result<std::string> new_password();
    // From now on that user's only password.
    [[nodiscard]] Result<void> set(const std::string& name, const std::string& password) const;
    // False when there was none.
    [[nodiscard]] Result<bool> remove(const std::string& name) const;

  private:
    [[nodiscard]] Result<std::vector<std::string>> lines() const;
    [[nodiscard]] Result<void> write(const std::vector<std::string>& lines) const;

    std::string file_;
};

}  // namespace tillkeeper::agent
