// BodyCodec: how the bytes of a transaction lie in the file.
//
//   byte 0: low half 0 = as it is, 1 = zstd (the frame names the id of its dictionary, ours has 1, 2, ...)
//           high half 0 = plain, 1 = AES-256-GCM over what the low half says
//   the rest: the content; with AES-256-GCM the ciphertext and its 16-byte tag
// The nonce is the first 12 bytes of SHA-256("tillkeeper body nonce" || key || entry hash). The entry hash covers the
// body and its place in the chain, so two contents never share a nonce, and nobody needs randomness or room for it.
// The entry hash is also bound as associated data: a body cannot be moved to another entry.
// Exactly the original bytes come back, or an error. Ownership: by value. Thread: one at a time (contexts are reused).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "platform/crypto.h"
#include "platform/result.h"

namespace tillkeeper::storage {

inline constexpr std::size_t kBodyBytesMax = std::size_t{1} << 20;

class BodyCodec {
  public:
    // `key`: 32 bytes, or "" to store plain.
    explicit BodyCodec(std::string key);
    ~BodyCodec();
    BodyCodec(const BodyCodec&) = delete;
    BodyCodec& operator=(const BodyCodec&) = delete;

    // kLimit when the body is longer than kBodyBytesMax.
    [[nodiscard]] Result<std::string> encode(std::string_view body, const Digest& entry_hash);
    // kCorrupt when it does not prove itself, or when the key is another one.
    [[nodiscard]] Result<std::string> decode(std::string_view stored, const Digest& entry_hash);

  private:
    struct Contexts;
    [[nodiscard]] std::string nonce(const Digest& entry_hash) const;
    [[nodiscard]] std::string deflate(std::string_view body);
    [[nodiscard]] Result<std::string> inflate(std::string_view compressed);

    std::string key_;
    std::unique_ptr<Contexts> contexts_;
};

// What the file remembers to recognise the key again: tells nothing about it. "" for no key.
[[nodiscard]] std::string key_check(std::string_view key);

}  // namespace tillkeeper::storage
