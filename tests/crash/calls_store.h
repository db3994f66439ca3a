// SmallStore: tills, the writer, the journal and a reader on a disk in memory, in fake time: all that writes the
// journal in the daemon, without the rest of it. One story in it touches everything; a fault strikes at one call.
// Ownership: by value. Thread: one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/journal_reader.h"
#include "storage/upkeep.h"
#include "storage/writer.h"
#include "tests/crash/states_story.h"
#include "tests/fakes/fake_loop.h"

namespace tillkeeper::crash {

struct CallFault {
    std::uint64_t room = 0;  // not 0: no call fails, but the disk is full beyond so many bytes
    bool memory = false;     // of SQLite's allocations; else of the disk's calls
    disk::Call call = disk::Call::kAny;
    std::uint64_t nth = 1;
    bool lasting = false;
};

class SmallStore {
  public:
    explicit SmallStore(std::uint64_t seed);
    // The whole story. "" when nothing was lost, nothing false was said, and it healed by itself.
    [[nodiscard]] std::string live(const CallFault* fault);
    [[nodiscard]] const disk::Disk& disk() const { return disk_; }
    // Who was told what, for the table of storage/README.md.
    [[nodiscard]] const std::map<std::string, int>& told() const { return told_; }

  private:
    struct Sold {
        storage::NewEntry entry;
        bool waiting = false;
        bool answered = false;
        storage::JournalNumber number = 0;
    };

    void strike(const CallFault& fault);
    void heal();
    [[nodiscard]] bool start();
    void stop();
    void step(std::size_t sales, storage::EntryKind kind = storage::EntryKind::kTransaction);
    void offer(std::size_t index);
    void answered(std::size_t index, Result<storage::Receipt> receipt);
    void decide(storage::Decision::Kind kind, const std::string& destination, storage::JournalNumber number);
    void erase(std::size_t index);
    [[nodiscard]] Result<bool> is_held(const std::string& destination, storage::JournalNumber number);
    void read_on();
    void settle();
    void pass(Duration time);
    [[nodiscard]] bool all_answered() const;
    void check_now(const Sold& sold);
    void check_end();
    void tell(const std::string& who, const Error& error);
    void accuse(const std::string& what) {
        if (wrong_.empty()) wrong_ = what;
    }

    fakes::SeededRandom random_;
    disk::Disk disk_{random_};
    disk::Disk scratch_{random_};
    Story sales_;  // makes sales, and knows the options
    fakes::FakeClock clock_;
    fakes::FakeLoop journal_loop_{clock_};
    fakes::FakeLoop till_loop_{clock_};
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;
    std::unique_ptr<storage::Writer> writer_;
    std::optional<storage::Upkeep> upkeep_;
    std::vector<Sold> sold_;
    std::map<storage::JournalNumber, std::string> bodies_;  // what was answered, by number
    storage::JournalNumber read_ = 0;
    int unhealed_ = 0;  // rounds since the fault began to show
    bool healed_ = false;
    std::map<std::string, int> told_;
    std::string wrong_;
};

}  // namespace tillkeeper::crash
