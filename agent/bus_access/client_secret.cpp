#include "agent/bus_access/client_secret.h"

#include <filesystem>

#include "agent/bus_access/safe_file.h"
#include "agent/config/secret_file.h"
#include "platform/crypto.h"
#include "platform/password_hash.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kBytes = 24;

}  // namespace

Result<std::string> client_secret(const std::string& file) {
    if (std::filesystem::exists(file)) return read_config_file(file, true);
    const auto bytes = random_bytes(kBytes);
    if (!bytes) return bytes;
    std::error_code trouble;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path(), trouble);
    std::string secret = base64url(*bytes);
    if (auto written = write_safely(file, secret + '\n', 0600); !written) return std::unexpected(written.error());
    return secret;
}

}  // namespace tillkeeper::agent
