#include "storage/body_codec.h"

#include <zstd.h>

#include <cstring>

#include "storage/embedded.h"

namespace tillkeeper::storage {
namespace {

constexpr char kZstd = 0x01;
constexpr char kErased = 0x02;
constexpr char kSealed = 0x10;
constexpr std::size_t kDigestBytes = sizeof(Digest);
constexpr int kLevel = 1;  // higher levels cost twice the time for 3 % of the size, see README.md

struct FreeCompressor {
    void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
    void operator()(ZSTD_DCtx* c) const { ZSTD_freeDCtx(c); }
    void operator()(ZSTD_CDict* d) const { ZSTD_freeCDict(d); }
    void operator()(ZSTD_DDict* d) const { ZSTD_freeDDict(d); }
};
template <typename T>
using Owned = std::unique_ptr<T, FreeCompressor>;

std::string_view view(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Digest digest_of(std::string_view bytes) {
    Digest digest{};
    std::memcpy(digest.data(), bytes.data(), digest.size());
    return digest;
}

}  // namespace

// Of a stored body. `digests`: A || L after an erasure, else empty.
struct BodyCodec::Parts {
    char format = 0;
    std::string_view digests;
    std::string_view content;

    [[nodiscard]] bool erased() const { return (format & kErased) != 0; }
    [[nodiscard]] std::string bound(const Digest& entry_hash) const {
        return std::string(view(entry_hash)).append(digests);
    }
    [[nodiscard]] std::string nonce(const std::string& key, const Digest& entry_hash) const {
        const std::string purpose = erased() ? "tillkeeper erased nonce" : "tillkeeper body nonce";
        const std::string_view left = erased() ? digests.substr(kDigestBytes) : std::string_view();
        return std::string(view(sha256((purpose + key).append(view(entry_hash)).append(left))).substr(0, 12));
    }
};

// Made when first needed: a reader never compresses, and each context costs memory.
struct BodyCodec::Contexts {
    Owned<ZSTD_CCtx> compressor;
    Owned<ZSTD_CDict> newest;
    std::vector<char> scratch;
    Owned<ZSTD_DCtx> decompressor;
    std::vector<Owned<ZSTD_DDict>> dictionaries;

    void prepare_compressor() {
        if (compressor) return;
        const auto bytes = embedded_dictionaries().back();
        compressor.reset(ZSTD_createCCtx());
        newest.reset(ZSTD_createCDict(bytes.data(), bytes.size(), kLevel));
    }
    void prepare_decompressor() {
        if (decompressor) return;
        decompressor.reset(ZSTD_createDCtx());
        for (const auto bytes : embedded_dictionaries())
            dictionaries.emplace_back(ZSTD_createDDict(bytes.data(), bytes.size()));
    }
    [[nodiscard]] const ZSTD_DDict* dictionary(unsigned id) const {
        for (const auto& dictionary : dictionaries)
            if (ZSTD_getDictID_fromDDict(dictionary.get()) == id) return dictionary.get();
        return nullptr;
    }
};

BodyCodec::BodyCodec(BodyKeys keys) : keys_(std::move(keys)), contexts_(std::make_unique<Contexts>()) {}
BodyCodec::~BodyCodec() = default;

Result<BodyCodec::Parts> BodyCodec::parts_of(std::string_view stored) {
    if (stored.empty()) return fail(ErrorCode::kCorrupt, "journal: a body is missing");
    Parts parts{stored.front(), {}, stored.substr(1)};
    if ((parts.format & ~(kZstd | kErased | kSealed)) != 0)
        return fail(ErrorCode::kCorrupt, "journal: a body's format is unknown");
    if (!parts.erased()) return parts;
    if (parts.content.size() < 2 * kDigestBytes) return fail(ErrorCode::kCorrupt, "journal: a body is cut short");
    parts.digests = parts.content.substr(0, 2 * kDigestBytes);
    parts.content.remove_prefix(2 * kDigestBytes);
    return parts;
}

// All of it as it lies in the file, `parts` being plain.
Result<std::string> BodyCodec::sealed(const Parts& parts, const Digest& entry_hash) const {
    const bool with_key = !keys_.current.empty();
    std::string out(1, static_cast<char>(with_key ? parts.format | kSealed : parts.format));
    out.append(parts.digests);
    if (!with_key) return out.append(parts.content);
    auto content = seal(keys_.current, parts.nonce(keys_.current, entry_hash), parts.bound(entry_hash), parts.content);
    if (!content) return content;
    return out.append(*content);
}

// The content alone.
Result<std::string> BodyCodec::unsealed(const Parts& parts, const Digest& entry_hash) const {
    if ((parts.format & kSealed) == 0) return std::string(parts.content);
    if (keys_.current.empty()) return fail(ErrorCode::kCorrupt, "journal: a body is sealed and no key was given");
    const std::string bound = parts.bound(entry_hash);
    auto plain = unseal(keys_.current, parts.nonce(keys_.current, entry_hash), bound, parts.content);
    for (std::size_t at = 0; !plain && at < keys_.older.size(); ++at)
        plain = unseal(keys_.older[at], parts.nonce(keys_.older[at], entry_hash), bound, parts.content);
    return plain;
}

// The format byte and the content, not sealed yet.
std::string BodyCodec::deflate(std::string_view body) {
    contexts_->prepare_compressor();
    auto& scratch = contexts_->scratch;
    if (scratch.size() < body.size()) scratch.resize(body.size());
    // No more room than the body itself has: what does not become smaller is stored as it is.
    const std::size_t size = ZSTD_compress_usingCDict(contexts_->compressor.get(), scratch.data(), body.size(),
                                                      body.data(), body.size(), contexts_->newest.get());
    const bool smaller = ZSTD_isError(size) == 0;
    std::string out(1, smaller ? kZstd : '\0');
    return out.append(smaller ? std::string_view(scratch.data(), size) : body);
}

Result<std::string> BodyCodec::encode(std::string_view body, const Digest& entry_hash) {
    if (body.size() > kBodyBytesMax) return fail(ErrorCode::kLimit, "journal: the body is longer than 1 MiB");
    const std::string plain = deflate(body);
    return sealed({plain.front(), {}, std::string_view(plain).substr(1)}, entry_hash);
}

Result<std::string> BodyCodec::encode_erased(std::string_view left, const Digest& arrived, const Digest& entry_hash) {
    if (left.size() > kBodyBytesMax) return fail(ErrorCode::kLimit, "journal: the body is longer than 1 MiB");
    const std::string plain = deflate(left);
    const std::string digests = std::string(view(arrived)).append(view(sha256(plain)));
    return sealed({static_cast<char>(plain.front() | kErased), digests, std::string_view(plain).substr(1)}, entry_hash);
}

Result<std::optional<std::string>> BodyCodec::reseal(std::string_view stored, const Digest& entry_hash) {
    auto parts = parts_of(stored);
    if (!parts) return std::unexpected(std::move(parts.error()));
    if (keys_.current.empty()) return std::nullopt;
    const bool was_sealed = (parts->format & kSealed) != 0;
    const std::string& key = keys_.current;
    if (was_sealed && unseal(key, parts->nonce(key, entry_hash), parts->bound(entry_hash), parts->content))
        return std::nullopt;
    auto content = unsealed(*parts, entry_hash);
    if (!content) return std::unexpected(std::move(content.error()));
    return sealed({static_cast<char>(parts->format & ~kSealed), parts->digests, *content}, entry_hash);
}

Result<std::string> BodyCodec::inflate(std::string_view compressed) {
    contexts_->prepare_decompressor();
    const auto size = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
    if (size > kBodyBytesMax) return fail(ErrorCode::kCorrupt, "journal: a body's length cannot be believed");
    const auto* dictionary = contexts_->dictionary(ZSTD_getDictID_fromFrame(compressed.data(), compressed.size()));
    if (dictionary == nullptr) return fail(ErrorCode::kCorrupt, "journal: a body names an unknown dictionary");
    std::string body(static_cast<std::size_t>(size), '\0');
    const std::size_t got = ZSTD_decompress_usingDDict(contexts_->decompressor.get(), body.data(), body.size(),
                                                       compressed.data(), compressed.size(), dictionary);
    if (ZSTD_isError(got) != 0 || got != size) return fail(ErrorCode::kCorrupt, "journal: a body cannot be unpacked");
    return body;
}

Result<StoredBody> BodyCodec::open(std::string_view stored, const Digest& entry_hash) {
    auto parts = parts_of(stored);
    if (!parts) return std::unexpected(std::move(parts.error()));
    auto content = unsealed(*parts, entry_hash);
    if (!content) return std::unexpected(std::move(content.error()));
    StoredBody out{.body = {}, .arrived = {}, .erased = parts->erased()};
    const char low = static_cast<char>(parts->format & kZstd);
    if (out.erased && view(sha256(std::string(1, low) + *content)) != parts->digests.substr(kDigestBytes))
        return fail(ErrorCode::kCorrupt, "journal: what an erasure left was changed");
    auto body = low != 0 ? inflate(*content) : std::move(content);
    if (!body) return std::unexpected(std::move(body.error()));
    out.body = std::move(*body);
    out.arrived = out.erased ? digest_of(parts->digests) : sha256(out.body);
    return out;
}

// Without a digest of the body, which takes a while.
Result<std::string> BodyCodec::decode(std::string_view stored, const Digest& entry_hash) {
    auto parts = parts_of(stored);
    if (!parts) return std::unexpected(std::move(parts.error()));
    if (parts->erased()) {
        auto opened = open(stored, entry_hash);
        return opened ? Result<std::string>(std::move(opened->body)) : std::unexpected(std::move(opened.error()));
    }
    auto content = unsealed(*parts, entry_hash);
    if (!content || (parts->format & kZstd) == 0) return content;
    return inflate(*content);
}

std::string key_check(std::string_view key) {
    if (key.empty()) return {};
    return to_hex(sha256("tillkeeper key check" + std::string(key))).substr(0, 16);
}

}  // namespace tillkeeper::storage
