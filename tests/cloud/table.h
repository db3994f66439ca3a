// Table: one collection of the cloud: generated rows, rows that were set, numbers that deliveries changed, and the log
// of all changes, from which a feed is read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "platform/result.h"
#include "tests/cloud/json_tree.h"
#include "tests/cloud/ledger.h"
#include "tests/cloud/sample_rows.h"

namespace tillkeeper::cloud {

struct FeedPage {
    std::vector<std::string> records;
    std::vector<std::string> deleted;
    std::string next;  // "": the last one
    std::string cursor;
    bool forgotten = false;  // the cursor or the page's name
};

class Table {
  public:
    explicit Table(RowKind kind) : kind_(kind) {}

    // Rows 0 to count-1 follow from the seed; what was before goes.
    void generate(std::uint64_t count, std::uint64_t seed);
    // The key. kInvalid: it has none.
    [[nodiscard]] Result<std::string> set(const cJSON* record);
    bool remove(const std::string& key);
    // Changes the number of a row. False: there is none.
    bool add(const std::string& key, std::int64_t amount);
    void forget_cursors() {
        oldest_ = version_ + 1;
        ++version_;
    }
    // The cursor that pages name is so many changes behind.
    void set_cursor_lag(std::uint64_t changes) { cursor_lag_ = changes; }

    [[nodiscard]] std::optional<std::string> row(const std::string& key) const;
    [[nodiscard]] std::optional<std::int64_t> number(const std::string& key) const;
    [[nodiscard]] std::optional<std::string> row_by(const std::string& field, const std::string& value) const;
    [[nodiscard]] std::int64_t sum() const { return sum_; }  // of all numbers
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::uint64_t version() const { return version_; }
    [[nodiscard]] const RowShape& shape() const { return shape_of(kind_); }

    // Everything (cursor ""), or what changed since; `page`: as the page before named it, or "".
    [[nodiscard]] FeedPage page(const std::string& cursor, const std::string& page, std::size_t rows) const;

  private:
    [[nodiscard]] std::optional<SampleRow> found(const std::string& key) const;
    [[nodiscard]] bool generated(const std::string& key) const;
    void touch(const std::string& key);
    void full_page(FeedPage& out, const std::string& place, std::uint64_t snapshot, std::size_t rows) const;
    void changes_page(FeedPage& out, std::uint64_t after, std::uint64_t snapshot, std::size_t rows) const;

    RowKind kind_;
    std::uint64_t generated_ = 0;
    std::uint64_t seed_ = 0;
    ByText<SampleRow> set_;
    ByText<std::int64_t> added_;
    std::unordered_set<std::string> removed_;
    std::map<std::string, std::uint64_t> version_of_;
    std::map<std::uint64_t, std::string> log_;  // the newest change of each row
    std::uint64_t version_ = 0;
    std::uint64_t oldest_ = 0;  // cursors below are forgotten
    std::uint64_t cursor_lag_ = 0;
    std::int64_t sum_ = 0;
    std::uint64_t count_ = 0;
};

}  // namespace tillkeeper::cloud
