// The part of BodyCodec that seals short texts.
#include <algorithm>

#include "storage/body_codec.h"

namespace tillkeeper::storage {
namespace {

constexpr std::string_view kSealed = "sealed:";
constexpr std::size_t kNonceBytes = 12;

std::string_view view(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string framed(std::string_view text) {
    return std::to_string(text.size()) + ':' + std::string(text);
}

// "" when it is not hex.
std::string from_hex(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    if (text.size() % 2 != 0 || text.find_first_not_of(kHex) != std::string_view::npos) return {};
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); at += 2)
        bytes += static_cast<char>(kHex.find(text[at]) << 4 | kHex.find(text[at + 1]));
    return bytes;
}

}  // namespace

Result<std::string> BodyCodec::encode_text(std::string_view text, std::string_view place) const {
    if (keys_.current.empty() || text.empty()) return std::string(text);
    const Digest digest = sha256("tillkeeper text nonce" + keys_.current + framed(place) + std::string(text));
    std::string bytes(view(digest).substr(0, kNonceBytes));
    auto sealed = seal(keys_.current, bytes, place, text);
    if (!sealed) return sealed;
    bytes += *sealed;
    return std::string(kSealed) + to_hex(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

std::string BodyCodec::decode_text(std::string_view stored, std::string_view place) const {
    if (!stored.starts_with(kSealed)) return std::string(stored);
    const std::string bytes = from_hex(stored.substr(kSealed.size()));
    if (bytes.size() < kNonceBytes) return std::string(stored);
    const std::string_view nonce = std::string_view(bytes).substr(0, kNonceBytes);
    const std::string_view content = std::string_view(bytes).substr(kNonceBytes);
    auto text = unseal(keys_.current, nonce, place, content);
    for (std::size_t at = 0; !text && at < keys_.older.size(); ++at)
        text = unseal(keys_.older[at], nonce, place, content);
    return text ? std::move(*text) : std::string(stored);
}

}  // namespace tillkeeper::storage
