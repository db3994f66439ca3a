// Random pulls, answers, deletions, erasures and restarts against a plain map. [storage-11]
#include <gtest/gtest.h>

#include <map>

#include "tests/fakes/seeded_random.h"
#include "tests/storage/mirror_desk.h"

namespace tillkeeper::storage {
namespace {

// What must be seen: the simplest thing that keeps the promises of mirrors.h.
struct Model {
    struct Row {
        std::string points;
        std::string phone;
        int hour = 0;
    };
    std::map<std::string, Row> base, live, run;
    bool full = false, under_way = false;
    int as_of = -1, started = 0;

    [[nodiscard]] const Row* row(const std::string& key) const {
        const auto answer = live.find(key);
        const auto brought = base.find(key);
        const Row* row = brought == base.end() ? nullptr : &brought->second;
        if (answer != live.end() && answer->second.hour >= as_of) row = &answer->second;
        return row == nullptr || row->points.empty() ? nullptr : row;
    }
    void begin(bool is_full, int hour) {
        under_way = true;
        full = is_full;
        started = hour;
        run = is_full ? std::map<std::string, Row>{} : base;
    }
    void finish() {
        base = run;
        as_of = started;
        under_way = false;
    }
    [[nodiscard]] std::int64_t records() const {
        std::int64_t count = 0;
        for (const auto& [key, row] : as_of < 0 ? live : base) count += row.points.empty() ? 0 : 1;
        return count;
    }
};

class Walk {
  public:
    Walk(std::uint64_t seed, const std::string& folder) : random_(seed), options_(mirror_options(folder)) {}

    void go(int steps) {
        for (int step = 0; step < steps; ++step) {
            ++hour_;
            act(random_.below(14));
            if (step % 5 == 0) compare();
            if (testing::Test::HasFailure()) return;
        }
        compare();
        tidy_up(*mirrors_);
        compare();
    }

  private:
    MirrorRow some_row() {
        const std::string key = std::to_string(random_.below(kKeys));
        if (random_.below(4) == 0) return gone(key);
        return member(key, std::to_string(random_.below(1000) + 1), std::to_string(random_.below(5)));
    }
    static Model::Row of(const MirrorRow& row, int hour) {
        if (row.body.empty()) return {.points = "", .phone = "", .hour = hour};
        const auto at = row.body.find("\"points\":") + 9;
        return {row.body.substr(at, row.body.size() - at - 1), row.search[0].value, hour};
    }

    void act(std::uint64_t what) {
        if (what <= 1) {
            must(mirrors_->begin("members", {.full = what == 0, .started = at_hour(hour_)}));
            model_.begin(what == 0, hour_);
        } else if (what <= 6 && model_.under_way) {
            std::vector<MirrorRow> rows;
            for (auto n = random_.below(12); n > 0; --n) rows.push_back(some_row());
            must(mirrors_->apply("members", rows, "p"));
            for (const auto& row : rows) model_.run[row.key] = of(row, hour_);
        } else if (what == 7 && model_.under_way) {
            must(mirrors_->finish("members", "c", ""));
            model_.finish();
        } else if (what <= 9) {
            const MirrorRow row = some_row();
            must(mirrors_->put("members", row, at_hour(hour_)));
            model_.live[row.key] = of(row, hour_);
        } else if (what == 10) {
            ASSERT_TRUE(mirrors_->tidy());
        } else if (what == 11) {
            reader_.reset();
            mirrors_.reset();
            mirrors_ = open_mirrors(options_);
            reader_ = read_mirrors(options_);
        } else if (what == 12 && random_.below(3) == 0) {
            erase(std::to_string(random_.below(kKeys)));
        }
    }

    void erase(const std::string& key) {
        const bool was_there = model_.row(key) != nullptr;
        EXPECT_EQ(mirrors_->erase("members", key).value(), was_there ? 1 : 0);
        for (auto* rows : {&model_.base, &model_.live, &model_.run}) rows->erase(key);
        if (model_.full) model_.under_way = false;
    }

    void compare() {
        std::map<std::string, std::string> by_phone;
        for (std::uint64_t n = 0; n < kKeys; ++n) {
            const std::string key = std::to_string(n);
            const auto* row = model_.row(key);
            ASSERT_EQ(points(*reader_, key), row == nullptr ? "" : row->points) << key << " hour " << hour_;
        }
        std::map<std::string, std::string> sorted;  // in the order of their keys
        for (std::uint64_t n = 0; n < kKeys; ++n)
            if (const auto* row = model_.row(std::to_string(n))) sorted[std::to_string(n)] = row->phone;
        for (const auto& [key, phone] : sorted) by_phone[phone] += (by_phone[phone].empty() ? "" : ",") + key;
        for (const auto* phone : {"0", "1", "2", "3", "4"})
            ASSERT_EQ(keys_found(*reader_, {"phone", phone}), by_phone[phone]) << "hour " << hour_;
        ASSERT_EQ(reader_->state("members")->records, model_.records()) << "hour " << hour_;
        ASSERT_EQ(mirrors_->unfinished("members")->has_value(), model_.under_way);
    }

    static constexpr std::uint64_t kKeys = 25;
    fakes::SeededRandom random_;
    MirrorOptions options_;
    std::unique_ptr<Mirrors> mirrors_ = open_mirrors(options_);
    std::unique_ptr<MirrorReader> reader_ = read_mirrors(options_);
    Model model_;
    int hour_ = 0;
};

TEST(MirrorModel, RandomOperationsAgreeWithAMap) {  // [storage-11]
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Folder folder;
        Walk(seed, folder.path()).go(250);
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace tillkeeper::storage
