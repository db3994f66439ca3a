// The few cryptographic operations that the journal and OAuth need, from the system's OpenSSL.
// All functions are pure and may be called from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper {

using Digest = std::array<std::uint8_t, 32>;

// SHA-256 (FIPS 180-4) of the concatenation of everything updated so far.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    void update(std::string_view bytes);
    [[nodiscard]] Digest finish();  // and start anew

  private:
    struct State;
    std::unique_ptr<State> state_;
};

[[nodiscard]] Digest sha256(std::string_view bytes);
// HMAC (RFC 2104) with SHA-256. `key` may have any length; 32 random bytes are right.
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view text);
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::string base64(std::string_view bytes);     // RFC 4648 section 4, padded
[[nodiscard]] std::string base64url(std::string_view bytes);  // RFC 4648 section 5, not padded
// RFC 4648 section 5, not padded. Nothing for any other text, one with loose bits at its end included.
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

// AES-256-GCM (NIST SP 800-38D). `key` has 32 bytes, `nonce` 12 and is never used twice with one key.
// The sealed form is the ciphertext followed by the 16-byte tag; `bound` is authenticated, not stored.
[[nodiscard]] Result<std::string> seal(std::string_view key, std::string_view nonce, std::string_view bound,
                                       std::string_view plain);
// kCorrupt when anything was changed or the key is another.
[[nodiscard]] Result<std::string> unseal(std::string_view key, std::string_view nonce, std::string_view bound,
                                         std::string_view sealed);

// A public key on the curve P-256, for ES256 signatures (RFC 7518 section 3.4).
class VerifyingKey {
  public:
    // The coordinates as a JSON Web Key has them (RFC 7518 section 6.2.1), decoded: 32 bytes each. kInvalid: no point.
    [[nodiscard]] static Result<VerifyingKey> from_point(std::string_view x, std::string_view y);
    // "BEGIN PUBLIC KEY", as SigningKey::public_pem() writes it. kInvalid for anything else.
    [[nodiscard]] static Result<VerifyingKey> from_pem(std::string_view pem);
    VerifyingKey(VerifyingKey&&) noexcept;
    VerifyingKey& operator=(VerifyingKey&&) noexcept;
    ~VerifyingKey();

    // Whether `signature` (R || S, 64 bytes) is this key's for `input`.
    [[nodiscard]] bool holds(std::string_view input, std::string_view signature) const;

  private:
    struct Key;
    explicit VerifyingKey(std::unique_ptr<Key> key);
    std::unique_ptr<Key> key_;
};

[[nodiscard]] inline bool is_token_uri(std::string_view text) {
    return text.starts_with("pkcs11:");
}

// A private key for JWS signatures (RFC 7515, RFC 7518): ES256 for P-256 keys, RS256 for RSA keys of 2048 bits or more
// (section 3.3: at least so many).
class SigningKey {
  public:
    // PEM, PKCS#8 or traditional, not encrypted. kInvalid for anything else.
    [[nodiscard]] static Result<SigningKey> from_pem(std::string_view pem);
    // A new key on curve P-256, as from_pem() reads it.
    [[nodiscard]] static Result<std::string> make_pem();
    // A key that stays in its token (TPM, smart card, HSM), by its URI "pkcs11:..." (RFC 7512); the PIN comes from the
    // file of its pin-source. kInvalid says what is missing. Signing then takes as long as the token takes.
    [[nodiscard]] static Result<SigningKey> from_token(const std::string& uri);
    // As the one or the other, by how it begins.
    [[nodiscard]] static Result<SigningKey> read(const std::string& pem_or_uri);
    SigningKey(const SigningKey& other);  // shares the key
    SigningKey& operator=(const SigningKey& other);
    SigningKey(SigningKey&&) noexcept;
    SigningKey& operator=(SigningKey&&) noexcept;
    ~SigningKey();

    [[nodiscard]] std::string_view algorithm() const;  // "ES256" or "RS256"
    // The public half of an ES256 key as a JSON Web Key (RFC 7518 section 6.2.1), in the form of RFC 7638: the SHA-256
    // of this text is its thumbprint. kInvalid for other keys.
    [[nodiscard]] Result<std::string> public_jwk() const;
    [[nodiscard]] Result<std::string> public_pem() const;
    // The raw JWS signature of `input`: R || S with 64 bytes for ES256, PKCS #1 v1.5 as long as the key for RS256.
    [[nodiscard]] Result<std::string> sign(std::string_view input) const;

  private:
    struct Key;
    [[nodiscard]] static Result<SigningKey> of(std::unique_ptr<Key> key);
    explicit SigningKey(std::unique_ptr<Key> key);
    std::unique_ptr<Key> key_;
};

}  // namespace tillkeeper
