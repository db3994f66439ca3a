// The power fails at any call of a run, of tidying, of an erasure: afterwards an old state or the new one can be seen,
// never a mixture; look-ups that were kept are there; all goes on. [storage-11] [storage-12]
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "storage/sqlite.h"
#include "tests/disk/disk.h"
#include "tests/fakes/seeded_random.h"
#include "tests/storage/mirror_desk.h"

namespace tillkeeper::storage {
namespace {

using disk::Call;
using disk::Shape;
using Seen = std::map<std::string, std::string>;

const std::string kKey(32, 'k');
const std::string kNewKey(32, 'n');

MirrorOptions on(const disk::Disk& disk) {
    MirrorOptions options = mirror_options(".", kNewKey, disk.vfs());
    options.older_keys = {kKey};
    return options;
}

struct Step {
    std::function<void(Mirrors&)> act;
    Seen after;
    bool synced = false;  // what came before cannot be taken back any more
};

void defer_one(Mirrors& mirrors) {
    ASSERT_TRUE(mirrors.defer({.till = "t1", .collection = "members", .request = "{}", .since = at_hour(1)}));
}

std::vector<Step> story() {
    const auto begin = [](bool full, int hour) {
        return [=](Mirrors& m) { must(m.begin("members", {.full = full, .started = at_hour(hour)})); };
    };
    const auto apply = [](std::vector<MirrorRow> rows, std::string next) {
        return [=](Mirrors& m) { must(m.apply("members", rows, next)); };
    };
    const auto finish = [](Mirrors& m) { must(m.finish("members", "c", "e")); };
    const Seen first{{"1", "10"}, {"2", "20"}, {"3", "30"}};
    const Seen live{{"1", "15"}, {"2", "20"}, {"3", "30"}};
    const Seen changed{{"1", "10"}, {"2", "21"}, {"4", "40"}};
    const Seen erased{{"1", "10"}, {"4", "40"}};
    const Seen last{{"1", "12"}, {"5", "50"}};
    return {
        {begin(true, 1), {}},
        {apply({member("1", "10", "111"), member("2", "20", "222")}, "p2"), {}},
        {defer_one, {}, true},
        {apply({member("3", "30", "333")}, ""), {}},
        {finish, first},
        {[](Mirrors& m) { must(m.put("members", member("1", "15", "112"), at_hour(2))); }, live},
        {begin(false, 3), live},
        {apply({member("2", "21", "222"), gone("3"), member("4", "40", "444")}, ""), live},
        {finish, changed},
        {defer_one, changed, true},
        {tidy_up, changed},
        {begin(true, 4), changed},
        {apply({member("1", "99", "999"), member("2", "99")}, "p2"), changed},
        {[](Mirrors& m) { ASSERT_EQ(m.erase("members", "2").value(), 1); }, erased},
        {tidy_up, erased, true},
        {[](Mirrors& m) { must(m.change_key(kNewKey)); }, erased, true},
        {begin(true, 5), erased},
        {apply({member("1", "12", "111"), member("5", "50", "555")}, ""), erased},
        {finish, last},
        {tidy_up, last},
    };
}

Seen seen(MirrorReader& reader) {
    Seen all;
    for (const auto* key : {"1", "2", "3", "4", "5"})
        if (const auto found = points(reader, key); !found.empty()) all[key] = found;
    return all;
}

class PowerCuts {
  public:
    explicit PowerCuts(std::uint64_t seed) : random_(seed) {}

    void tell(std::uint64_t stride) {
        std::string anew;
        MirrorOptions options = mirror_options(".", kKey, disk_.vfs());
        disk_.on_call = [&](Call call, std::size_t) {
            const bool changes =
                call == Call::kWrite || call == Call::kTruncate || call == Call::kSync || call == Call::kDelete;
            if (changes && ++calls_ % stride == 0) stop();
        };
        auto mirrors = Mirrors::open(options, anew);
        ASSERT_TRUE(mirrors);
        for (const auto& step : story_) {
            if (done_ == 9 || done_ == 16) mirrors->reset(), mirrors = Mirrors::open(on(disk_), anew);
            step.act(**mirrors);
            if (step.synced) floor_ = done_ + 1;
            if (step.synced && done_ < 10) ++deferred_;
            ++done_;
        }
        disk_.on_call = {};
        EXPECT_GT(states_, 100);
        EXPECT_EQ(disk_.violations(), std::vector<std::string>{});
    }
    [[nodiscard]] int states() const { return states_; }

  private:
    [[nodiscard]] Seen after(std::size_t steps) const { return steps == 0 ? Seen{} : story_[steps - 1].after; }

    void stop() {
        const disk::Contents left = disk_.contents();
        for (int shape = -1; shape < disk::kShapes; ++shape) {
            disk::Disk scratch(random_);
            scratch.put(left);
            if (shape >= 0) scratch.cut_power(static_cast<Shape>(shape));
            const std::size_t from = shape < 0 ? done_ : floor_;
            SCOPED_TRACE("call " + std::to_string(calls_) + " step " + std::to_string(done_) + " shape " +
                         std::to_string(shape));
            ++states_;
            check(scratch, from);
            if (testing::Test::HasFailure()) break;
        }
    }

    void check(disk::Disk& scratch, std::size_t from) {
        std::string anew;
        auto mirrors = Mirrors::open(on(scratch), anew);
        ASSERT_TRUE(mirrors) << mirrors.error().message;
        ASSERT_EQ(anew, "");
        auto reader = read_mirrors(on(scratch));
        const Seen found = seen(*reader);
        bool known = false;
        for (std::size_t steps = from; steps <= std::min(done_ + 1, story_.size()); ++steps)
            known = known || found == after(steps);
        ASSERT_TRUE(known) << testing::PrintToString(found);
        ASSERT_GE((*mirrors)->deferred(0, 9)->size(), deferred_);
        go_on(**mirrors, *reader, found);
        EXPECT_EQ(scratch.violations(), std::vector<std::string>{});
    }

    // Tidying changes nothing that can be seen; a run that was under way can be finished; the next one is right.
    static void go_on(Mirrors& mirrors, MirrorReader& reader, const Seen& before) {
        tidy_up(mirrors);
        ASSERT_EQ(seen(reader), before);
        const auto run = mirrors.unfinished("members");
        ASSERT_TRUE(run);
        if (*run) {
            must(mirrors.apply("members", std::vector{member("5", "77", "777")}, ""));
            must(mirrors.finish("members", "c", ""));
            ASSERT_EQ(points(reader, "5"), "77");
        }
        pull(mirrors, true, {member("1", "1", "100")}, 50);
        tidy_up(mirrors);
        ASSERT_EQ(seen(reader), (Seen{{"1", "1"}}));
        ASSERT_EQ(keys_found(reader, {"phone", "100"}), "1");
    }

    fakes::SeededRandom random_;
    disk::Disk disk_{random_};
    const std::vector<Step> story_ = story();
    std::size_t done_ = 0;   // steps that were answered
    std::size_t floor_ = 0;  // steps that a power cut cannot take back
    std::size_t deferred_ = 0;
    std::uint64_t calls_ = 0;
    int states_ = 0;
};

TEST(MirrorCrash, AtAnyCallTheOldOrTheNewStateNeverAMixture) {  // [storage-11] [storage-12]
    PowerCuts cuts(1);
    cuts.tell(5);
    RecordProperty("states", cuts.states());
}

TEST(MirrorCrash, AFailingCallIsToldAndTheNextOnesGoOn) {  // [storage-11]
    for (const Call call : {Call::kWrite, Call::kSync}) {
        for (std::uint64_t nth = 1; nth < 60; nth += 3) {
            fakes::SeededRandom random(nth);
            disk::Disk disk(random);
            auto mirrors = open_mirrors(mirror_options(".", "", disk.vfs()));
            pull(*mirrors, true, {member("1", "10", "111")}, 1);
            disk.fail(call, nth);
            // As a source does: after a failure nothing more of the run.
            auto run = mirrors->begin("members", {.full = nth % 2 == 0, .started = at_hour(2)});
            if (run) run = mirrors->apply("members", std::vector{member("1", "20"), member("2", "20")}, "p");
            if (run) run = mirrors->finish("members", "c", "");
            const auto kept =
                mirrors->defer({.till = "t", .collection = "members", .request = "{}", .since = at_hour(1)});
            disk.heal();
            auto reader = read_mirrors(mirror_options(".", "", disk.vfs()));
            const auto now = points(*reader, "1") + "/" + points(*reader, "2");
            EXPECT_TRUE(now == "20/20" || (!run && now == "10/")) << now;
            EXPECT_GE(mirrors->deferred(0, 9)->size(), kept ? 1U : 0U);
            pull(*mirrors, false, {member("2", "30")}, 3);
            EXPECT_EQ(points(*reader, "2"), "30");
        }
    }
}

TEST(MirrorCrash, AFullDiskIsToldAndTheRunGoesOnLater) {  // [storage-11]
    fakes::SeededRandom random(1);
    disk::Disk disk(random);
    auto mirrors = open_mirrors(mirror_options(".", "", disk.vfs()));
    pull(*mirrors, true, {member("1", "10", "111")}, 1);
    must(mirrors->begin("members", {.full = true, .started = at_hour(2)}));
    disk.limit(disk.used_bytes() + 20'000);
    int page = 0;
    const auto rows = [](int n) {
        std::vector<MirrorRow> all;
        for (int i = 0; i < 50; ++i) all.push_back(member(std::to_string(50 * n + i), "20", std::to_string(n)));
        return all;
    };
    Result<void> done;
    while ((done = mirrors->apply("members", rows(page), std::to_string(page + 1)))) ASSERT_LT(++page, 100);
    EXPECT_EQ(done.error().code, ErrorCode::kStorageFull);
    auto reader = read_mirrors(mirror_options(".", "", disk.vfs()));
    EXPECT_EQ(points(*reader, "1"), "10");
    EXPECT_EQ(mirrors->unfinished("members").value()->page, page == 0 ? "" : std::to_string(page));
    disk.limit({});
    must(mirrors->apply("members", rows(page), ""));
    must(mirrors->finish("members", "c", ""));
    EXPECT_EQ(mirrors->state("members")->records, 50 * (page + 1));
    EXPECT_EQ(points(*reader, "1"), "20");
}

}  // namespace
}  // namespace tillkeeper::storage
