#include "agent/bus_access/till_passwords.h"

#include <sstream>

#include "agent/bus_access/safe_file.h"
#include "platform/crypto.h"
#include "platform/password_hash.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kPasswordBytes = 24;
constexpr std::size_t kSaltBytes = 12;
constexpr int kIterations =
    101;  // as mosquitto_passwd: these are random, and the broker is not to be slowed by guesses

std::string name_in(const std::string& line) {
    return line.substr(0, line.find(':'));
}

Result<std::string> hashed(const std::string& password) {
    const auto salt = random_bytes(kSaltBytes);
    if (!salt) return salt;
    const auto hash = pbkdf2_sha512(password, *salt, kIterations);
    if (!hash) return hash;
    return "$7$" + std::to_string(kIterations) + '$' + base64(*salt) + '$' + base64(*hash);
}

}  // namespace

Result<std::vector<std::string>> TillPasswords::lines() const {
    const auto text = read_if_there(file_);
    if (!text) return std::unexpected(text.error());
    std::vector<std::string> all;
    std::istringstream stream(*text);
    for (std::string line; std::getline(stream, line);)
        if (!line.empty()) all.push_back(line);
    return all;
}

Result<void> TillPasswords::write(const std::vector<std::string>& lines) const {
    std::string text;
    for (const auto& line : lines) text += line + '\n';
    return write_safely(file_, text, 0600);
}

Result<std::vector<std::string>> TillPasswords::names() const {
    auto all = lines();
    if (all)
        for (auto& line : *all) line = name_in(line);
    return all;
}

Result<std::string> TillPasswords::new_password() {
    const auto secret = random_bytes(kPasswordBytes);
    if (!secret) return secret;
    return base64url(*secret);
}

Result<void> TillPasswords::set(const std::string& name, const std::string& password) const {
    auto all = lines();
    if (!all) return std::unexpected(all.error());
    auto hash = hashed(password);
    if (!hash) return std::unexpected(hash.error());
    std::erase_if(*all, [&](const std::string& line) { return name_in(line) == name; });
    all->push_back(name + ':' + *hash);
    return write(*all);
}

Result<bool> TillPasswords::remove(const std::string& name) const {
    auto all = lines();
    if (!all) return std::unexpected(all.error());
    if (std::erase_if(*all, [&](const std::string& line) { return name_in(line) == name; }) == 0) return false;
    if (auto written = write(*all); !written) return std::unexpected(written.error());
    return true;
}

}  // namespace tillkeeper::agent
