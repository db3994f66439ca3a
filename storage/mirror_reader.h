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
};

inline constexpr std::int64_t kMirrorFindMax = 500;

class MirrorReader {
  public:
    // While it lives, all calls of the reader that it came from see the same state. Short-lived, and one at a time:
    // what it sees cannot be tidied away meanwhile. Where it could not begin each call is a moment of its own.
    class Moment {
      public:
        explicit Moment(MirrorReader& reader) : reader_(reader) { reader_.begin_moment(); }
        ~Moment() { reader_.end_moment(); }
        Moment(const Moment&) = delete;
        Moment& operator=(const Moment&) = delete;

      private:
        MirrorReader& reader_;
    };

    // kNotFound: there are no mirrors yet (Mirrors::open makes the file).
    [[nodiscard]] static Result<std::unique_ptr<MirrorReader>> open(const MirrorOptions& options);
    virtual ~MirrorReader() = default;

    [[nodiscard]] virtual Result<MirrorState> state(const std::string& collection) = 0;
    [[nodiscard]] virtual Result<std::optional<MirrorHit>> get(const std::string& collection,
                                                               const std::string& key) = 0;
    // By a search key, in the order of their keys, at most `limit`. Of more than kMirrorFindMax that have it the oldest
    // are looked at.
    [[nodiscard]] virtual Result<std::vector<MirrorHit>> find(const std::string& collection, const SearchKey& by,
                                                              int limit) = 0;
    // The sum of the movements with a number above `after`.
    [[nodiscard]] virtual Result<std::int64_t> moved(const std::string& collection, const std::string& key,
                                                     JournalNumber after) = 0;

  private:
    virtual void begin_moment() {}
    virtual void end_moment() {}
};

}  // namespace tillkeeper::storage
