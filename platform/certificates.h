// X.509 for a small authority of one's own: EC P-256 keys, SHA-256, PEM. From the system's OpenSSL.
// All functions are pure but for randomness, and may be called from any thread.
//
// Everything is valid from 1970 on: a box that wakes up without a clock can still speak to its own broker.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.h"
#include "platform/result.h"

namespace tillkeeper {

// A private key (PKCS#8) and its certificate, as they stand in one file.
struct Identity {
    std::string key_pem;
    std::string certificate_pem;
};

struct CertificateFacts {
    std::string common_name;
    std::string serial;  // hexadecimal, upper case
    WallTime until;
    std::vector<std::string> hosts;  // as in CertificateWish; sorted, addresses as OpenSSL writes them
};

struct CertificateWish {
    std::string common_name;
    std::vector<std::string> hosts;  // names and addresses that a server answers under; empty: a client
    WallTime until;
};

// A new self-signed authority. With `old` it keeps that key, so that what it signed stays good.
[[nodiscard]] Result<Identity> make_authority(const std::string& common_name, WallTime until,
                                              const Identity* old = nullptr);
[[nodiscard]] Result<Identity> issue_certificate(const Identity& authority, const CertificateWish& wish);
// `serials` as in CertificateFacts. A list with a higher number replaces the earlier ones.
[[nodiscard]] Result<std::string> make_revocation_list(const Identity& authority,
                                                       const std::vector<std::string>& serials, std::uint32_t number);
// The serials in such a list; kInvalid when it is none, or not that authority's.
[[nodiscard]] Result<std::vector<std::string>> read_revocation_list(std::string_view pem, const Identity& authority);

// kInvalid when the text holds no certificate, or for an identity when it lacks its key.
[[nodiscard]] Result<CertificateFacts> read_certificate(std::string_view pem);
[[nodiscard]] Result<Identity> read_identity(std::string_view pem);
// Whether this is the key of that certificate, for a client that shows both to a server: PEM, or "pkcs11:...". What
// follows the certificate in its text is not looked at. kInvalid says what is wrong: no certificate, no unencrypted
// key, no such key in a token, or the key of another one.
[[nodiscard]] Result<void> check_key_of(std::string_view certificate_pem, const std::string& key);
// Whether that authority's key has signed it. False as well for what is no certificate.
[[nodiscard]] bool is_signed_by(std::string_view pem, const Identity& authority);
// How a host stands in CertificateFacts, to compare with.
[[nodiscard]] std::string canonical_host(const std::string& host);

}  // namespace tillkeeper
