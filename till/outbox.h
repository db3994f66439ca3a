// Outbox: what a till sold and may not forget yet, and where its counting stands: one file, durable.
//
// A sale is in it and synced when add() returns; it leaves by settled() or drop_refused() alone. The next number is
// kept in the same transaction as the sale that used the last one. A sale is taken only while room is held for noting
// down what becomes of it (outbox_room.h). Errors: kStorageFull: nothing changed. kIo, kCorrupt, kInternal: the file is
// opened anew before anything else is done with it, and until that worked every call fails so: after a failed sync
// nothing in memory can be believed. kUnavailable: another program has the file. Thread: one at a time. Ownership: of
// the file, alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/result.h"
#include "till/outbox_room.h"

namespace tillkeeper::pos {

// A settled id is remembered until one whose number is so much higher is settled.
inline constexpr std::int64_t kSettledKept = 1000;

struct OutboxOwner {
    std::string store;
    std::string till;
    std::int64_t first_sequence = 1;  // of a new file
};

struct KeptSale {
    std::int64_t sequence = 0;
    std::string id;
    std::string receipt;
    std::string document;      // exactly what is sent
    std::uint64_t digest = 0;  // of what the caller handed over
    std::string problem = {};  // why it was refused
    enum class State : std::uint8_t { kWaiting, kRefused, kSettled } state = State::kWaiting;
    bool intact = true;  // false: the file's bytes have changed since
};

class Outbox {
  public:
    // kInvalid: the file is another till's. kTooNew, kCorrupt, kStorageFull as above. `vfs`: SQLite's name of a file
    // system; "" the machine's.
    [[nodiscard]] static Result<std::unique_ptr<Outbox>> open(std::string path, OutboxOwner owner,
                                                              std::string vfs = "");
    ~Outbox();

    // What the next sale must carry.
    [[nodiscard]] Result<std::int64_t> next_sequence();
    // `sale.sequence` is next_sequence(). Synced when it returns well.
    [[nodiscard]] Result<void> add(const KeptSale& sale);
    // Waiting, refused or lately settled; without its document.
    [[nodiscard]] Result<std::optional<KeptSale>> find(const std::string& id);
    // The first that waits after that number.
    [[nodiscard]] Result<std::optional<KeptSale>> waiting_after(std::int64_t sequence);
    [[nodiscard]] Result<std::vector<KeptSale>> refused(std::size_t max);

    // Neither is synced: if it is lost with the power, the sale is sent and answered once more.
    [[nodiscard]] Result<void> settled(std::int64_t sequence);
    [[nodiscard]] Result<void> was_refused(std::int64_t sequence, const std::string& problem);
    // Synced. kNotFound: none such is refused.
    [[nodiscard]] Result<void> drop_refused(const std::string& id);
    // Opens the file anew if that is needed, and keeps its log short. Call it when there is time.
    [[nodiscard]] Result<void> look_after();

    [[nodiscard]] std::uint64_t waiting_count() const { return waiting_; }
    [[nodiscard]] std::uint64_t refused_count() const { return refused_; }
    // As far as known without the disk.
    [[nodiscard]] std::int64_t known_next_sequence() const { return next_; }

  private:
    class Rows;
    Outbox(std::string path, OutboxOwner owner, std::string vfs);
    [[nodiscard]] Result<void> load();
    [[nodiscard]] Result<void> load_once();
    [[nodiscard]] Result<void> ready();
    // After a failure: what the caller is to be told, once it is known.
    [[nodiscard]] Error after(Error error);
    // Keeps its log so short that the room held is enough to empty it.
    [[nodiscard]] Result<void> shorten_log(std::uint64_t at);
    // Moves a sale from one state to another; true: it was in the first. On a full disk it gives up the room for that.
    [[nodiscard]] Result<bool> move(std::int64_t sequence, KeptSale::State from, KeptSale::State to,
                                    const std::string& problem);

    std::string path_;
    OutboxOwner owner_;
    std::string vfs_;
    OutboxRoom room_;
    std::unique_ptr<Rows> rows_;  // null: must be opened anew
    std::int64_t next_ = 0;
    std::uint64_t waiting_ = 0;
    std::uint64_t refused_ = 0;
};

}  // namespace tillkeeper::pos
