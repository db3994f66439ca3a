// FakeMirrors: mirrors in memory, as storage/mirrors.h promises them, and as a test breaks them.
//
// What was committed survives restart(): only the object is the same, as a file would be.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/mirrors.h"

namespace tillkeeper::fakes {

class FakeMirrors final : public storage::Mirrors {
  public:
    using Rows = std::map<std::string, storage::MirrorRow>;

    [[nodiscard]] Result<storage::MirrorState> state(const std::string& collection) override;
    [[nodiscard]] Result<std::optional<storage::MirrorRun>> unfinished(const std::string& collection) override;
    [[nodiscard]] Result<void> begin(const std::string& collection, const storage::MirrorRun& run) override;
    [[nodiscard]] Result<void> apply(const std::string& collection, std::span<const storage::MirrorRow> rows,
                                     const std::string& next_page) override;
    [[nodiscard]] Result<bool> prepare_finish(const std::string& collection) override;
    [[nodiscard]] Result<void> finish(const std::string& collection, const std::string& cursor,
                                      const std::string& validator) override;
    [[nodiscard]] Result<void> unchanged(const std::string& collection, WallTime as_of,
                                         storage::JournalNumber delivered) override;
    [[nodiscard]] Result<void> put(const std::string& collection, const storage::MirrorRow& row, WallTime now) override;
    [[nodiscard]] Result<bool> tidy() override;
    [[nodiscard]] Result<void> drop(const std::string& collection) override;
    [[nodiscard]] Result<void> forget_answers(const std::string&, WallTime) override {
        ++forgotten;
        return {};
    }
    [[nodiscard]] Result<std::vector<std::string>> collections() override;
    [[nodiscard]] Result<std::int64_t> erase(const std::string& collection, const std::string& key) override;
    [[nodiscard]] Result<void> add_movement(const std::string& collection, const std::string& key,
                                            storage::JournalNumber number, std::int64_t amount) override;
    [[nodiscard]] Result<void> forget_movements(const std::string& collection, storage::JournalNumber up_to) override;
    [[nodiscard]] Result<storage::JournalNumber> movements_read() override { return movements_read_; }
    [[nodiscard]] Result<void> set_movements_read(storage::JournalNumber number) override;
    [[nodiscard]] Result<void> begin_group() override { return {}; }
    [[nodiscard]] Result<void> commit_group() override { return {}; }
    [[nodiscard]] Result<std::int64_t> defer(const storage::DeferredLookup& lookup) override;
    [[nodiscard]] Result<std::vector<storage::DeferredLookup>> deferred(std::int64_t after, int limit) override;
    [[nodiscard]] Result<void> settle(std::int64_t number) override;
    [[nodiscard]] Result<void> change_key(const std::string&) override { return {}; }
    [[nodiscard]] std::uint64_t bytes() const override { return 0; }

    [[nodiscard]] const Rows& visible(const std::string& collection) { return kept_[collection].rows; }

    // What a MirrorReader says of it.
    [[nodiscard]] std::int64_t moved(const std::string& collection, const std::string& key,
                                     storage::JournalNumber after);

    std::optional<ErrorCode> broken;   // every write fails so
    std::set<std::string> unkeepable;  // keys that apply() refuses
    std::size_t largest_apply = 0;     // rows
    std::size_t applies = 0;
    int prepare_left = 0;  // slices that finish() needs before
    int forgotten = 0;     // calls of forget_answers()
    int tidy_left = 0;     // slices

  private:
    struct Kept {
        storage::MirrorState state;
        Rows rows;
        std::optional<storage::MirrorRun> run;
        Rows staged;
    };
    [[nodiscard]] Result<void> writable() const;

    std::map<std::string, Kept> kept_;
    std::map<std::pair<std::string, std::string>, std::map<storage::JournalNumber, std::int64_t>> movements_;
    std::map<std::int64_t, storage::DeferredLookup> deferred_;
    std::int64_t last_deferred_ = 0;
    storage::JournalNumber movements_read_ = 0;
};

}  // namespace tillkeeper::fakes
