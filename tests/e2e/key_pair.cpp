#include "tests/e2e/key_pair.h"

#include "tests/e2e/process.h"

namespace tillkeeper::lab {
namespace {

Result<void> run(std::vector<std::string> command, const std::filesystem::path& scratch) {
    auto done = run_command(std::move(command), scratch);
    if (!done) return std::unexpected(done.error());
    if (done->status != 0) return fail(ErrorCode::kInternal, done->errors);
    return {};
}

}  // namespace

Result<void> make_key_pair(const std::filesystem::path& private_file, const std::filesystem::path& public_file,
                           const std::vector<std::string>& kind) {
    const auto scratch = private_file.parent_path();
    std::vector<std::string> generate{"openssl", "genpkey", "-quiet", "-out", private_file.string()};
    generate.insert(generate.end(), kind.begin(), kind.end());
    if (auto made = run(std::move(generate), scratch); !made) return made;
    std::filesystem::permissions(private_file, std::filesystem::perms::owner_read);
    return run({"openssl", "pkey", "-in", private_file.string(), "-pubout", "-out", public_file.string()}, scratch);
}

Result<void> make_certificate(const std::filesystem::path& private_file, const std::filesystem::path& certificate_file,
                              const std::string& name, const std::filesystem::path& authority) {
    std::vector<std::string> command{"openssl", "req",
                                     "-x509",   "-batch",
                                     "-days",   "2",
                                     "-subj",   "/CN=" + name,
                                     "-key",    private_file.string(),
                                     "-out",    certificate_file.string()};
    if (!authority.empty())
        command.insert(command.end(),
                       {"-CA", (authority / "ca.pem").string(), "-CAkey", (authority / "ca-key.pem").string()});
    return run(std::move(command), private_file.parent_path());
}

}  // namespace tillkeeper::lab
