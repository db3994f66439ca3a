#include "storage/body_codec.h"

#include <zstd.h>

#include <vector>

#include "storage/embedded.h"

namespace tillkeeper::storage {
namespace {

constexpr char kZstd = 0x01;
constexpr char kSealed = 0x10;
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

}  // namespace

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

BodyCodec::BodyCodec(std::string key) : key_(std::move(key)), contexts_(std::make_unique<Contexts>()) {}
BodyCodec::~BodyCodec() = default;

std::string BodyCodec::nonce(const Digest& entry_hash) const {
    const Digest digest = sha256("tillkeeper body nonce" + key_ + std::string(view(entry_hash)));
    return std::string(view(digest).substr(0, 12));
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
    std::string out = deflate(body);
    if (key_.empty()) return out;
    auto sealed = seal(key_, nonce(entry_hash), view(entry_hash), std::string_view(out).substr(1));
    if (!sealed) return sealed;
    return std::string(1, static_cast<char>(out[0] | kSealed)) + *sealed;
}

Result<std::string> BodyCodec::inflate(std::string_view compressed) {
    contexts_->prepare_decompressor();
    const auto size = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
    if (size > kBodyBytesMax) return fail(ErrorCode::kCorrupt, "journal: a body's length cannot be believed");
    const auto* dictionary = contexts_->dictionary(ZSTD_getDictID_fromFrame(compressed.data(), compressed.size()));
    if (dictionary == nullptr) return fail(ErrorCode::kCorrupt, "journal: a body names an unknown dictionary");
    std::string body(size, '\0');
    const std::size_t got = ZSTD_decompress_usingDDict(contexts_->decompressor.get(), body.data(), body.size(),
                                                       compressed.data(), compressed.size(), dictionary);
    if (ZSTD_isError(got) != 0 || got != size) return fail(ErrorCode::kCorrupt, "journal: a body cannot be unpacked");
    return body;
}

Result<std::string> BodyCodec::decode(std::string_view stored, const Digest& entry_hash) {
    if (stored.empty()) return fail(ErrorCode::kCorrupt, "journal: a body is missing");
    const char format = stored.front();
    if ((format & ~(kZstd | kSealed)) != 0) return fail(ErrorCode::kCorrupt, "journal: a body's format is unknown");
    std::string_view content = stored.substr(1);
    std::string opened;
    if ((format & kSealed) != 0) {
        if (key_.empty()) return fail(ErrorCode::kCorrupt, "journal: a body is sealed and no key was given");
        auto plain = unseal(key_, nonce(entry_hash), view(entry_hash), content);
        if (!plain) return plain;
        opened = std::move(*plain);
        content = opened;
    }
    if ((format & kZstd) != 0) return inflate(content);
    return std::string(content);
}

std::string key_check(std::string_view key) {
    if (key.empty()) return {};
    return to_hex(sha256("tillkeeper key check" + std::string(key))).substr(0, 16);
}

}  // namespace tillkeeper::storage
