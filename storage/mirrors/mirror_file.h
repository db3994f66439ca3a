// mirrors.db itself: its form, its keys, and when it is thrown away and begun anew.
#pragma once

#include <memory>
#include <string>

#include "storage/mirror_values.h"
#include "storage/mirrors/mirror_codec.h"
#include "storage/open_file.h"

namespace tillkeeper::storage {

inline constexpr int kMirrorPageBytes = 4096;  // measured, see README.md

struct MirrorFile {
    std::unique_ptr<OpenFile> file;
    std::unique_ptr<MirrorCodec> codec;
};

[[nodiscard]] std::string mirror_path(const MirrorOptions& options);
// For the one connection that writes. kCorrupt, kTooNew: it is to be thrown away.
[[nodiscard]] Result<MirrorFile> open_mirror_file(const MirrorOptions& options);
// kNotFound: there is none, or the writer has not made its form yet.
[[nodiscard]] Result<MirrorFile> open_mirror_file_to_read(const MirrorOptions& options);
// The data key, sealed with another key; the transaction is the caller's.
[[nodiscard]] Result<void> reseal_data_key(Connection& connection, const MirrorOptions& options,
                                           const std::string& key);

// Nothing of it stays on the disk, nor of its log.
[[nodiscard]] Result<void> throw_away(const MirrorOptions& options);
// A damage was met: the next start throws the file away.
void mark_damaged(const MirrorOptions& options);
[[nodiscard]] bool marked_damaged(const MirrorOptions& options);

[[nodiscard]] Result<std::int64_t> mirror_meta(Connection& connection, std::string_view key);  // 0 where absent
[[nodiscard]] Result<void> set_mirror_meta(Connection& connection, std::string_view key, std::int64_t value);
// From 1, never twice: for runs, layers and collections.
[[nodiscard]] Result<std::int64_t> next_number(Connection& connection);

}  // namespace tillkeeper::storage
