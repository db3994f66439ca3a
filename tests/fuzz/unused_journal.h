// A journal that must be named and is never touched, or that answers nothing.
#pragma once

#include "storage/journal_reader.h"
#include "storage/writer.h"

namespace tillkeeper::fuzz {

class UnusedReader : public storage::JournalReader {
  public:
    Result<std::vector<storage::Entry>> read_after(storage::JournalNumber, storage::ReadLimits) override {
        return no();
    }
    Result<std::optional<storage::Entry>> entry(storage::JournalNumber) override { return no(); }
    Result<std::vector<storage::Entry>> find(const std::string&, int) override { return no(); }
    Result<std::optional<storage::JournalNumber>> number_of(const std::string&) override { return no(); }
    Result<std::vector<storage::Entry>> referring_to(const std::string&, int) override { return no(); }
    Result<std::vector<storage::Entry>> own_entries(std::string_view, storage::JournalNumber, int) override {
        return no();
    }
    Result<std::vector<storage::Entry>> newest_own_entries(std::string_view, int) override { return no(); }
    Result<std::int64_t> own_count(std::string_view) override { return no(); }
    Result<std::int64_t> store_notes_after(storage::JournalNumber) override { return no(); }
    Result<std::vector<storage::Booking>> bookings(storage::JournalNumber) override { return no(); }
    Result<std::optional<storage::Booking>> newest_booking(const std::string&, storage::JournalNumber) override {
        return no();
    }
    Result<std::vector<storage::PotState>> pots(std::span<const std::string>) override { return no(); }
    Result<std::optional<Duration>> clock_offset(const std::string&) override { return no(); }
    Result<std::int64_t> version() override { return no(); }
    Result<storage::JournalBounds> bounds() override { return no(); }
    Result<std::vector<storage::Cursor>> cursors() override { return no(); }
    Result<std::vector<storage::HeldItem>> held(std::optional<std::string>, storage::JournalNumber, int) override {
        return no();
    }
    Result<std::vector<storage::HeldCount>> held_counts() override { return no(); }
    Result<storage::KeyState> key_state() override { return no(); }
    void use_keys(storage::BodyKeys) override {}
    Result<std::unique_ptr<storage::ChainWalk>> walk_chain() override { return no(); }

  private:
    static std::unexpected<Error> no() { return fail(ErrorCode::kInternal, "not for this target"); }
};

class UnusedWriter final : public storage::Writer {
  public:
    Result<void> offer(storage::NewEntry, EventLoop&, Accepted) override { return {}; }
    void report(storage::Progress) override {}
    void report(storage::Progress, EventLoop&, Reported) override {}
    void decide(storage::Decision, EventLoop&, Decided) override {}
    void note_clock(storage::ClockSight) override {}
    void on_growth(std::function<void(storage::JournalNumber)>) override {}
    Result<void> accepting() const override { return {}; }
    void flush() override {}
};

}  // namespace tillkeeper::fuzz
