// MirrorCodec: how texts and keys of the mirrors lie in the file: everything under the file's own random data key, so
// that a change of the journal's key seals 32 bytes anew and nothing else. [storage-12]
//
//   hash     first 16 bytes of HMAC-SHA256(hash key, collection, field, value), each with its length; "" is the field
//   of
//            a record's own key
//   sealed   salt (12 bytes) and BodyCodec's form (zstd, AES-256-GCM), bound to SHA-256(salt || place)
// The salt is HMAC-SHA256(salt key, place || content): the same content gives the same bytes, another one never the
// same nonce, also where a power cut took back what was written before. Ownership: by value. Thread: one at a time.
#pragma once

#include <string>
#include <string_view>

#include "storage/body_codec.h"

namespace tillkeeper::storage {

inline constexpr std::size_t kMirrorHashBytes = 16;

class MirrorCodec {
  public:
    explicit MirrorCodec(std::string_view data_key);

    [[nodiscard]] std::string hash(std::string_view collection, std::string_view field, std::string_view value) const;
    [[nodiscard]] Result<std::string> seal(std::string_view place, std::string_view content);
    // kCorrupt when it does not prove itself.
    [[nodiscard]] Result<std::string> open(std::string_view place, std::string_view stored);

  private:
    std::string hash_key_, salt_key_;
    BodyCodec texts_;
};

}  // namespace tillkeeper::storage
