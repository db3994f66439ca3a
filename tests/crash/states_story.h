// Story: a journal in use on a disk, and beside it the books of what it has promised so far. Each step says what may be
// on the disk while it runs, and what must be there once it is answered.
// Ownership: borrows the disk. Thread: one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/journal.h"
#include "storage/resealing.h"
#include "tests/crash/states_books.h"
#include "tests/disk/disk.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::crash {

inline constexpr std::uint64_t kBallastBytes = 16 * 1024;

// The free room of a disk in memory.
class DiskGauge final : public Device {
  public:
    explicit DiskGauge(const disk::Disk& disk) : disk_(disk) {}
    [[nodiscard]] std::string boot_id() const override { return "00112233445566778899aabbccddeeff"; }
    [[nodiscard]] bool clock_trusted() const override { return true; }
    [[nodiscard]] bool has_link() const override { return true; }
    [[nodiscard]] Result<std::uint64_t> disk_free_bytes(const std::string&) const override {
        return disk_.free_bytes();
    }

  private:
    const disk::Disk& disk_;
};

class Story {
  public:
    Story(disk::Disk& disk, std::uint64_t seed);

    [[nodiscard]] storage::JournalOptions options() const;
    std::string key;                      // "" or 32 bytes, before open()
    std::vector<std::string> older_keys;  // before open()
    std::int64_t wal_room_bytes = storage::kWalRoomBytes;
    std::function<void()> begin_here;  // workloads call it when what comes is to be watched

    bool open();
    void close() { journal_.reset(); }
    bool sell(std::size_t count, std::size_t body_bytes = 300);
    bool commit(std::vector<storage::NewEntry> entries, std::vector<storage::Progress> progress = {});
    bool report(storage::Progress progress) { return commit({}, {std::move(progress)}); }
    bool decide(storage::Decision::Kind kind, const std::string& destination, storage::JournalNumber number);
    bool add_destinations(const std::vector<std::string>& names);
    bool prune(std::int64_t rows_max);
    // Whoever has `needle` in the body is erased, to the end.
    bool erase(const std::string& needle);
    // One slice of it; nothing of what the books say changes.
    bool reseal(storage::Resealing& work, bool& more);
    bool checkpoint() { return journal_->checkpoint().has_value(); }
    // Reads what a failed step has left; it must be one of the books.
    bool recover();

    [[nodiscard]] storage::NewEntry sale(std::size_t body_bytes = 300);
    [[nodiscard]] storage::NewEntry sale_with_id(const std::string& id, std::size_t body_bytes);
    [[nodiscard]] storage::HeldItem held(const std::string& destination, storage::JournalNumber number,
                                         storage::JournalNumber waits_for = 0);
    [[nodiscard]] const std::vector<Books>& possible() const { return possible_; }
    [[nodiscard]] const Books& certain() const { return possible_.front(); }
    [[nodiscard]] storage::Journal& journal() { return *journal_; }
    [[nodiscard]] disk::Disk& disk() const { return disk_; }
    [[nodiscard]] fakes::SeededRandom& random() { return random_; }
    [[nodiscard]] const std::string& wrong() const { return wrong_; }  // a false answer, in plain words
    void accuse(std::string what) {
        if (wrong_.empty()) wrong_ = std::move(what);
    }

  private:
    template <typename Change, typename Call>
    bool attempt(Change change, Call call);

    disk::Disk& disk_;
    DiskGauge gauge_;
    fakes::SeededRandom random_;
    std::vector<Books> possible_{Books{}};
    std::unique_ptr<storage::Journal> journal_;
    std::string wrong_;
    std::uint64_t sold_ = 0;
};

}  // namespace tillkeeper::crash
