#include "agent/config/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "agent/config/descriptor.h"
#include "platform/certificates.h"
#include "platform/crypto.h"

namespace tillkeeper::agent {
namespace {

constexpr off_t kFileBytesMax = 1 << 20;

}  // namespace

Result<std::string> read_config_file(const std::string& path, bool secret) {
    // The mode is asked of the open file, so that nobody can swap it in between.
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return fail(ErrorCode::kInvalid, "cannot read " + path + " (" + std::strerror(errno) + ")");
    struct stat info{};
    if (fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return fail(ErrorCode::kInvalid, path + " is not a file");
    if (secret && (info.st_mode & (S_IROTH | S_IWOTH)) != 0)
        return fail(ErrorCode::kInvalid, path + " is a secret that everybody may read; chmod o-rw " + path);
    if (info.st_size > kFileBytesMax) return fail(ErrorCode::kInvalid, path + " is larger than 1 MiB");
    std::string content(static_cast<std::size_t>(info.st_size), '\0');
    std::size_t filled = 0;
    while (filled < content.size()) {
        const auto got = read(file.get(), content.data() + filled, content.size() - filled);
        if (got <= 0) return fail(ErrorCode::kInvalid, "cannot read " + path);
        filled += static_cast<std::size_t>(got);
    }
    if (secret)
        while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) content.pop_back();
    if (secret && content.empty()) return fail(ErrorCode::kInvalid, path + " is empty");
    return content;
}

Result<TlsIdentity> read_tls_identity(const std::string& certificate_file, const std::string& key_file) {
    auto certificate = read_config_file(certificate_file, false);
    if (!certificate) return std::unexpected(certificate.error());
    auto key = is_token_uri(key_file) ? Result<std::string>(key_file) : read_config_file(key_file, true);
    if (!key) return std::unexpected(key.error());
    if (auto fits = check_key_of(*certificate, *key); !fits)
        return fail(fits.error().code, certificate_file + ", " + key_file + ": " + fits.error().message);
    return TlsIdentity{std::move(*certificate), std::move(*key)};
}

}  // namespace tillkeeper::agent
