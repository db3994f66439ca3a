#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

#include "platform/crypto.h"

namespace tillkeeper {
namespace {

// Looking an algorithm up by name takes longer than hashing a short text: once is enough.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

std::string encode(std::string_view bytes, std::string_view alphabet) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    int waiting = 0;
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<std::uint8_t>(c);
        for (waiting += 8; waiting >= 6; waiting -= 6) out += alphabet[bits >> (waiting - 6) & 63U];
    }
    if (waiting > 0) out += alphabet[bits << (6 - waiting) & 63U];
    return out;
}

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

struct Sha256::State {
    EVP_MD_CTX* digest = EVP_MD_CTX_new();
    ~State() { EVP_MD_CTX_free(digest); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    EVP_DigestInit_ex(state_->digest, sha256_algorithm(), nullptr);
}

Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
    EVP_DigestUpdate(state_->digest, bytes.data(), bytes.size());
}

Digest Sha256::finish() {
    Digest digest{};
    EVP_DigestFinal_ex(state_->digest, digest.data(), nullptr);
    EVP_DigestInit_ex(state_->digest, sha256_algorithm(), nullptr);
    return digest;
}

Digest sha256(std::string_view bytes) {
    Digest digest{};
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, sha256_algorithm(), nullptr);
    return digest;
}

// RFC 2104. OpenSSL's HMAC() looks its algorithms up by name each time, which takes four times as long.
Digest hmac_sha256(std::string_view key, std::string_view text) {
    constexpr std::size_t kBlockBytes = 64;
    const auto padded = [&](char pad) {
        std::string block(kBlockBytes, '\0');
        if (key.size() > kBlockBytes)
            std::ranges::copy(sha256(key), block.begin());
        else
            std::ranges::copy(key, block.begin());
        for (char& byte : block) byte = static_cast<char>(byte ^ pad);
        return block;
    };
    Sha256 hash;
    hash.update(padded('\x36'));
    hash.update(text);
    const Digest inner = hash.finish();
    hash.update(padded('\x5c'));
    hash.update({reinterpret_cast<const char*>(inner.data()), inner.size()});
    return hash.finish();
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 15U];
    }
    return out;
}

std::string base64(std::string_view bytes) {
    std::string out = encode(bytes, kBase64);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

std::string base64url(std::string_view bytes) {
    return encode(bytes, kBase64Url);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int waiting = 0;
    for (const char c : text) {
        const auto value = kBase64Url.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        if ((waiting += 6) < 8) continue;
        waiting -= 8;
        out += static_cast<char>(bits >> waiting & 0xFFU);
    }
    const bool loose = waiting >= 6 || (bits & ((1U << waiting) - 1)) != 0;
    return loose ? std::nullopt : std::optional(std::move(out));
}

}  // namespace tillkeeper
