// BodyCodec: how the bytes of a transaction lie in the file.
//
//   byte 0: low half: 1 = zstd (the frame names the id of its dictionary, ours has 1, 2, ...), 2 = what an erasure left
//           high half: 0 = plain, 1 = AES-256-GCM over the content
//   after an erasure only: SHA-256 of the body as it arrived (A), SHA-256 of the low half and the unsealed content (L)
//   the rest: the content; with AES-256-GCM the ciphertext and its 16-byte tag
// The nonce is the first 12 bytes of SHA-256("tillkeeper body nonce" || key || entry hash), after an erasure of
// SHA-256("tillkeeper erased nonce" || key || entry hash || L). The entry hash covers the body and its place in the
// chain: two contents never share a nonce under one key, and nobody needs randomness or room for it. For the same
// reason a body that changes its key is not compressed anew. Bound as associated data: entry hash || A || L, so that a
// body cannot be moved to another entry. Exactly the original bytes come back, or an error. Ownership: by value.
// Thread: one at a time (contexts are reused).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/crypto.h"
#include "platform/result.h"

namespace tillkeeper::storage {

inline constexpr std::size_t kBodyBytesMax = std::size_t{1} << 20;

// Of 32 bytes each.
struct BodyKeys {
    std::string current{};             // seals; "" to store plain
    std::vector<std::string> older{};  // only open
};

struct StoredBody {
    std::string body;
    Digest arrived{};     // SHA-256 of the body as it arrived
    bool erased = false;  // `body` is what an erasure left of it
};

class BodyCodec {
  public:
    explicit BodyCodec(BodyKeys keys);
    explicit BodyCodec(std::string key) : BodyCodec(BodyKeys{.current = std::move(key)}) {}
    ~BodyCodec();
    BodyCodec(const BodyCodec&) = delete;
    BodyCodec& operator=(const BodyCodec&) = delete;

    // kLimit when the body is longer than kBodyBytesMax.
    [[nodiscard]] Result<std::string> encode(std::string_view body, const Digest& entry_hash);
    // The same for what an erasure leaves of the body with the digest `arrived`.
    [[nodiscard]] Result<std::string> encode_erased(std::string_view left, const Digest& arrived,
                                                    const Digest& entry_hash);
    // kCorrupt when it does not prove itself, or when none of the keys is its own.
    [[nodiscard]] Result<StoredBody> open(std::string_view stored, const Digest& entry_hash);
    [[nodiscard]] Result<std::string> decode(std::string_view stored, const Digest& entry_hash);
    // The same body under the current key; nothing when it is already. kCorrupt as open().
    [[nodiscard]] Result<std::optional<std::string>> reseal(std::string_view stored, const Digest& entry_hash);

    // A short text beside a body, such as what a destination said of it: sealed as "sealed:" and hex digits of nonce
    // and ciphertext, bound to `place`; as it is without a key. The nonce is derived from key, place and text.
    [[nodiscard]] Result<std::string> encode_text(std::string_view text, std::string_view place) const;
    // What it was; what no key opens comes out as it lies there.
    [[nodiscard]] std::string decode_text(std::string_view stored, std::string_view place) const;

    [[nodiscard]] const BodyKeys& keys() const { return keys_; }
    void use(BodyKeys keys) { keys_ = std::move(keys); }

  private:
    struct Contexts;
    struct Parts;
    [[nodiscard]] static Result<Parts> parts_of(std::string_view stored);
    [[nodiscard]] Result<std::string> sealed(const Parts& parts, const Digest& entry_hash) const;
    [[nodiscard]] Result<std::string> unsealed(const Parts& parts, const Digest& entry_hash) const;
    [[nodiscard]] std::string deflate(std::string_view body);
    [[nodiscard]] Result<std::string> inflate(std::string_view compressed);

    BodyKeys keys_;
    std::unique_ptr<Contexts> contexts_;
};

// What the file remembers to recognise the key again: tells nothing about it. "" for no key.
[[nodiscard]] std::string key_check(std::string_view key);

}  // namespace tillkeeper::storage
