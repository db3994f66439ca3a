// Contents: what stands on the disk and what stands only in the page cache before it. A value: copying it is a cheap
// snapshot of the whole disk.
//
//   write, truncate --> cached image --sync--> kept image        what a power cut leaves: the kept images, and of the
//   create, unlink  --> cached names --sync of the folder-->      changes since then whatever the Shape draws
//                                       kept names
// After a failed sync the changes are "clean but not kept": reads see them, no later sync writes them, unless their
// block is written again.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "platform/random.h"
#include "tests/disk/image.h"

namespace tillkeeper::disk {

// What a power cut leaves of the changes that were not synced. What was synced always stays.
enum class Shape : std::uint8_t {
    kNothingUnsynced,
    kPrefixWithTornTail,  // in the order in which they were made, the last one in part
    kAnySectors,          // each sector of 512 bytes in any version it has had since the sync
    kGarbageInTorn,       // the same, and some of those sectors hold noise
    kRevertedCreates,     // all bytes, but no created name and no removed one
    kEverything,
};
inline constexpr int kShapes = 6;

using FileId = std::uint32_t;  // 0: none

class Contents {
  public:
    [[nodiscard]] FileId find(const std::string& path) const;  // 0: there is none
    FileId create(const std::string& path);                    // "": a file without a name
    void unlink(const std::string& path);
    [[nodiscard]] std::vector<std::string> paths() const;

    [[nodiscard]] const Image& cached(FileId file) const { return files_.at(file).cached; }
    void write(FileId file, const char* from, std::int64_t bytes, std::int64_t at);
    void resize(FileId file, std::int64_t size);
    [[nodiscard]] bool unsynced(FileId file) const { return !files_.at(file).changes.empty(); }
    [[nodiscard]] bool settled() const;             // nothing is unsynced: a power cut loses nothing
    [[nodiscard]] std::int64_t used_bytes() const;  // in whole blocks, holes included

    void sync(FileId file);
    void sync_names();
    // What the disk got of it before it failed is drawn.
    void fail_sync(FileId file, Random& random);

    // From here on the page cache is empty: what is read is what was kept.
    void cut_power(Shape shape, Random& random);

    // Flips bits behind everybody's back, in the cache and on the disk.
    void rot(FileId file, std::int64_t at, char flip);

  private:
    struct Change {
        std::uint64_t when = 0;
        bool truncates = false;
        std::int64_t at = 0;  // truncates: the new size
        std::int64_t bytes = 0;
        std::size_t from = kZeros;  // in File::written
    };
    struct File {
        Image cached, kept;
        std::vector<Change> changes;     // not synced, in their order
        std::string written;             // the bytes of `changes`
        std::vector<std::size_t> dirty;  // blocks; some may stand there more than once
        std::int64_t cut_to = kNoCut;    // the shortest it was since the last sync
    };
    struct NameChange {
        std::uint64_t when = 0;
        std::string path;
        FileId file = 0;  // 0: unlinked
    };
    static constexpr std::size_t kZeros = ~std::size_t{0};
    static constexpr std::int64_t kNoCut = INT64_MAX;

    [[nodiscard]] std::uint64_t draw_instant(Random& random) const;
    [[nodiscard]] static const char* bytes_of(const File& file, const Change& change);
    static void settle(File& file, Image image);
    static void apply_until(File& file, std::uint64_t instant, Random& random);
    static void apply_sectors(File& file, std::uint64_t now, std::uint64_t seed, bool garbage);
    void keep_names_until(std::uint64_t instant);
    void forget_unnamed();

    std::map<FileId, File> files_;
    std::map<std::string, FileId> names_, kept_names_;
    std::vector<NameChange> name_changes_;
    std::uint64_t now_ = 1;  // counts changes
    FileId last_ = 0;
};

}  // namespace tillkeeper::disk
