#include "sync/gzip.h"

#include <zlib.h>

namespace tillkeeper::sync {

struct Gzip::Stream {
    z_stream z{};
    bool ready = false;
    ~Stream() {
        if (ready) deflateEnd(&z);
    }
};

Gzip::Gzip() = default;
Gzip::~Gzip() = default;

Result<std::string> Gzip::compress(std::string_view plain) {
    constexpr int kGzipFormat = 15 + 16;  // the largest window, plus zlib's mark for a gzip header
    constexpr int kMemory = 8;
    if (!stream_) stream_ = std::make_unique<Stream>();
    z_stream& z = stream_->z;
    if (!stream_->ready) {
        if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, kGzipFormat, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
            return fail(ErrorCode::kInternal, "cannot start compression");
        stream_->ready = true;
    } else {
        deflateReset(&z);
    }
    std::string packed;
    packed.resize(deflateBound(&z, static_cast<uLong>(plain.size())));
    // zlib's interface predates const; it does not write to its input.
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    z.avail_in = static_cast<uInt>(plain.size());
    z.next_out = reinterpret_cast<Bytef*>(packed.data());
    z.avail_out = static_cast<uInt>(packed.size());
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) return fail(ErrorCode::kInternal, "compression did not end");
    packed.resize(z.total_out);
    return packed;
}

}  // namespace tillkeeper::sync
