// A client's key pair and certificate, as an operator makes them: by the openssl command.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "platform/result.h"

namespace tillkeeper::lab {

// What `openssl genpkey` is told.
inline const std::vector<std::string> kP256{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"};
inline const std::vector<std::string> kRsa{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"};

// Both as PEM; the private one is readable by its owner only.
[[nodiscard]] Result<void> make_key_pair(const std::filesystem::path& private_file,
                                         const std::filesystem::path& public_file,
                                         const std::vector<std::string>& kind = kP256);

// A certificate of that key for CN=`name`, good for two days; by the authority whose ca.pem and ca-key.pem lie in that
// folder, or by itself where none is named.
[[nodiscard]] Result<void> make_certificate(const std::filesystem::path& private_file,
                                            const std::filesystem::path& certificate_file, const std::string& name,
                                            const std::filesystem::path& authority = {});

}  // namespace tillkeeper::lab
