// MirrorReader: look-ups in the mirrors, over a read-only connection of its own. Each call sees one finished state.
// Ownership: the caller owns it; any number may exist beside one Mirrors. Thread: one thread per reader.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/mirrors.h"

namespace tillkeeper::storage {

struct MirrorHit {
    std::string key;
    std::string body;                 // JSON
    std::optional<WallTime> as_of{};  // of this record, where it is fresher than the collection (Mirrors::put)
    std::int64_t moved = 0;           // the sum of this store's movements that the collection does not know of yet
};

// All of it of one moment.
struct MirrorAnswer {
    MirrorState state{};
    std::vector<MirrorHit> hits{};  // in the order of their keys
};

inline constexpr std::int64_t kMirrorFindMax = 500;

class MirrorReader {
  public:
    // kNotFound: there are no mirrors yet (Mirrors::open makes the file).
    [[nodiscard]] static Result<std::unique_ptr<MirrorReader>> open(const MirrorOptions& options);
    virtual ~MirrorReader() = default;

    // By a search key, or by the record's key where `by.field` is ""; at most `limit`. Of more than kMirrorFindMax that
    // have it the oldest are looked at.
    [[nodiscard]] virtual Result<MirrorAnswer> look_up(const std::string& collection, const SearchKey& by,
                                                       int limit) = 0;
    [[nodiscard]] virtual Result<MirrorState> state(const std::string& collection) = 0;
    // The sum of the movements with a number above `after`.
    [[nodiscard]] virtual Result<std::int64_t> moved(const std::string& collection, const std::string& key,
                                                     JournalNumber after) = 0;

    // The hits of look_up() alone.
    [[nodiscard]] Result<std::optional<MirrorHit>> get(const std::string& collection, const std::string& key);
    [[nodiscard]] Result<std::vector<MirrorHit>> find(const std::string& collection, const SearchKey& by, int limit);
};

}  // namespace tillkeeper::storage
