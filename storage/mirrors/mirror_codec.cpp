#include "storage/mirrors/mirror_codec.h"

namespace tillkeeper::storage {
namespace {

constexpr std::size_t kSaltBytes = 12;

std::string view(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string key_for(std::string_view data_key, std::string_view purpose) {
    return view(hmac_sha256(data_key, purpose));
}

void add_framed(std::string& text, std::string_view part) {
    for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(part.size() >> shift & 0xff);
    text += part;
}

Digest bound_to(std::string_view salt, std::string_view place) {
    return sha256(std::string(salt).append(place));
}

}  // namespace

MirrorCodec::MirrorCodec(std::string_view data_key)
    : hash_key_(key_for(data_key, "tillkeeper mirror hashes")),
      salt_key_(key_for(data_key, "tillkeeper mirror salts")),
      texts_(key_for(data_key, "tillkeeper mirror texts")) {}

std::string MirrorCodec::hash(std::string_view collection, std::string_view field, std::string_view value) const {
    std::string text;
    text.reserve(collection.size() + field.size() + value.size() + 12);
    for (const auto part : {collection, field, value}) add_framed(text, part);
    return view(hmac_sha256(hash_key_, text)).substr(0, kMirrorHashBytes);
}

Result<std::string> MirrorCodec::seal(std::string_view place, std::string_view content) {
    std::string text;
    text.reserve(place.size() + content.size() + 4);
    add_framed(text, place);
    std::string stored = view(hmac_sha256(salt_key_, text.append(content))).substr(0, kSaltBytes);
    auto sealed = texts_.encode(content, bound_to(stored, place));
    if (!sealed) return sealed;
    return stored.append(*sealed);
}

Result<std::string> MirrorCodec::open(std::string_view place, std::string_view stored) {
    if (stored.size() < kSaltBytes) return fail(ErrorCode::kCorrupt, "mirrors: a text is cut short");
    return texts_.decode(stored.substr(kSaltBytes), bound_to(stored.substr(0, kSaltBytes), place));
}

}  // namespace tillkeeper::storage
