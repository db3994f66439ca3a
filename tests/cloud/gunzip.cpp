#include "tests/cloud/gunzip.h"

#include <algorithm>

namespace tillkeeper::cloud {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr std::size_t kFirstBytes = std::size_t{512} << 10;

}  // namespace

Gunzip::Gunzip() : out_(kFirstBytes) {
    inflateInit2(&stream_, kGzipOnly);
}

Gunzip::~Gunzip() {
    inflateEnd(&stream_);
}

Result<std::string_view> Gunzip::expand(std::string_view packed) {
    inflateReset(&stream_);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    std::size_t size = 0;
    while (true) {
        if (size == out_.size()) {
            if (size >= kExpandedBytesMax) return fail(ErrorCode::kLimit, "too large when expanded");
            out_.resize(std::min(size * 2, kExpandedBytesMax));
        }
        const std::size_t room = out_.size() - size;
        stream_.next_out = reinterpret_cast<Bytef*>(out_.data() + size);
        stream_.avail_out = static_cast<uInt>(room);
        const int state = inflate(&stream_, Z_NO_FLUSH);
        size += room - stream_.avail_out;
        if (state == Z_STREAM_END) return std::string_view(out_.data(), size);
        if (state != Z_OK || (stream_.avail_in == 0 && stream_.avail_out > 0))
            return fail(ErrorCode::kInvalid, "the body is not gzip");
    }
}

}  // namespace tillkeeper::cloud
