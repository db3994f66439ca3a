// FakeJournal: the reader and the writer that a destination sees, over one journal in memory, for tests in virtual
// time.
//
// report() takes effect `delay` later, like the real writer's; decisions at once.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/event_loop.h"
#include "storage/journal_reader.h"
#include "storage/writer.h"

namespace tillkeeper::fakes {

class FakeJournal final : public storage::JournalReader, public storage::Writer {
  public:
    explicit FakeJournal(EventLoop& loop) : loop_(loop) {}

    storage::JournalNumber append(storage::Entry entry);  // gives it its number
    // A person's decisions on a held row. True: there is one.
    bool retry(const std::string& destination, storage::JournalNumber number);
    bool repair(const std::string& destination, storage::JournalNumber number, std::string body);
    bool skip(const std::string& destination, storage::JournalNumber number);
    // The program is killed: what is not stored yet is lost.
    void kill() { pending_.clear(); }
    // The disk does not give it back any more.
    void damage(storage::JournalNumber number);

    [[nodiscard]] storage::JournalNumber cursor(const std::string& destination) { return cursors_[destination]; }
    [[nodiscard]] std::vector<storage::HeldItem> rows(const std::string& destination);

    Duration delay = std::chrono::milliseconds(500);
    bool broken = false;  // reads fail
    bool full = false;    // nothing is stored
    std::map<std::string, Duration> clock_offsets;
    std::size_t pages_read = 0;   // how often read_after was called
    std::size_t entries_max = 0;  // the largest limit that was asked for

    // JournalReader
    Result<std::vector<storage::Entry>> read_after(storage::JournalNumber after, storage::ReadLimits limits) override;
    Result<std::optional<storage::Entry>> entry(storage::JournalNumber number) override;
    Result<std::vector<storage::Entry>> find(const std::string&, int) override { return {}; }
    Result<std::optional<storage::JournalNumber>> number_of(const std::string& transaction_id) override;
    Result<std::vector<storage::Entry>> referring_to(const std::string&, int) override { return {}; }
    Result<std::vector<storage::Entry>> own_entries(std::string_view, storage::JournalNumber, int) override {
        return {};
    }
    Result<std::vector<storage::Entry>> newest_own_entries(std::string_view, int) override { return {}; }
    Result<std::int64_t> own_count(std::string_view) override { return 0; }
    Result<std::int64_t> store_notes_after(storage::JournalNumber) override { return 0; }
    Result<std::vector<storage::Booking>> bookings(storage::JournalNumber number) override;
    Result<std::optional<storage::Booking>> newest_booking(const std::string&, storage::JournalNumber) override {
        return std::nullopt;
    }
    Result<std::vector<storage::PotState>> pots(std::span<const std::string> names) override {
        return std::vector<storage::PotState>(names.size());
    }
    Result<std::optional<Duration>> clock_offset(const std::string& boot_id) override {
        const auto known = clock_offsets.find(boot_id);
        return known == clock_offsets.end() ? std::nullopt : std::optional(known->second);
    }
    Result<std::int64_t> version() override { return 0; }
    Result<storage::JournalBounds> bounds() override;
    Result<std::vector<storage::Cursor>> cursors() override;
    Result<std::vector<storage::HeldItem>> held(std::optional<std::string> destination, storage::JournalNumber after,
                                                int limit) override;
    Result<std::vector<storage::HeldCount>> held_counts() override { return {}; }
    Result<storage::KeyState> key_state() override { return storage::KeyState{}; }
    void use_keys(storage::BodyKeys) override {}
    Result<std::unique_ptr<storage::ChainWalk>> walk_chain() override {
        return fail(ErrorCode::kNotFound, "the fake has no chain");
    }

    // Writer
    Result<void> offer(storage::NewEntry entry, EventLoop& reply_on, Accepted done) override;
    void report(storage::Progress progress) override;
    void report(storage::Progress progress, EventLoop& reply_on, Reported done) override;
    void decide(storage::Decision, EventLoop&, Decided) override {}
    void note_clock(storage::ClockSight sight) override { clock_offsets[sight.boot_id] = sight.offset; }
    void on_growth(std::function<void(storage::JournalNumber)>) override {}
    Result<void> accepting() const override { return {}; }
    void flush() override {}

  private:
    using Row = std::pair<std::string, storage::JournalNumber>;
    void apply(const storage::Progress& progress);
    void release_waiters(const Row& row);

    EventLoop& loop_;
    std::vector<storage::Entry> entries_;
    std::map<std::string, storage::JournalNumber> by_id_;
    std::map<std::string, storage::JournalNumber> cursors_;
    std::map<Row, storage::HeldItem> held_;
    std::vector<Timer> pending_;
    std::map<storage::JournalNumber, std::map<std::string, std::string>> bookings_;
};

}  // namespace tillkeeper::fakes
