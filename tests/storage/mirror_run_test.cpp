// Copies of cloud data: a run is seen whole or not at all, and goes on where it was. [storage-11]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage/mirror_desk.h"

namespace tillkeeper::storage {
namespace {

class MirrorRuns : public testing::Test {
  protected:
    Folder folder_;
    MirrorOptions options_ = mirror_options(folder_.path());
    std::unique_ptr<Mirrors> mirrors_ = open_mirrors(options_);
    std::unique_ptr<MirrorReader> reader_ = read_mirrors(options_);
};

TEST_F(MirrorRuns, NothingIsSeenBeforeFinishAndThenAllOfIt) {  // [storage-11]
    must(mirrors_->begin("members", {.full = true, .started = at_hour(1), .delivered = 7}));
    must(mirrors_->apply("members", std::vector{member("1", "10", "4930"), member("2", "20")}, "page-2"));
    EXPECT_EQ(points(*reader_, "1"), "");
    EXPECT_EQ(keys_found(*reader_, {"phone", "4930"}), "");
    EXPECT_FALSE(reader_->state("members")->as_of);
    must(mirrors_->apply("members", std::vector{member("3", "30")}, ""));
    must(mirrors_->finish("members", "c1", "e1"));
    EXPECT_EQ(points(*reader_, "1") + points(*reader_, "2") + points(*reader_, "3"), "102030");
    EXPECT_EQ(keys_found(*reader_, {"phone", "4930"}), "1");
    EXPECT_EQ(keys_found(*reader_, {"card", "294930"}), "1");
    EXPECT_EQ(keys_found(*reader_, {"card", "4930"}), "");
    const auto state = reader_->state("members").value();
    EXPECT_EQ(state.as_of, at_hour(1));
    EXPECT_TRUE(state.complete);
    EXPECT_EQ(state.cursor + state.validator, "c1e1");
    EXPECT_EQ(state.delivered, 7);
    EXPECT_EQ(state.records, 3);
    EXPECT_EQ(mirrors_->state("members")->records, 3);
}

TEST_F(MirrorRuns, ChangesComeOnTopAndDeletionsHide) {  // [storage-11]
    pull(*mirrors_, true, {member("1", "10", "111"), member("2", "20", "222"), member("3", "30")}, 1);
    must(mirrors_->begin("members", {.full = false, .started = at_hour(2)}));
    must(
        mirrors_->apply("members", std::vector{member("1", "11", "999"), gone("2"), member("4", "40"), gone("5")}, ""));
    EXPECT_EQ(points(*reader_, "1"), "10");
    EXPECT_EQ(points(*reader_, "4"), "");
    EXPECT_EQ(keys_found(*reader_, {"phone", "111"}), "1");
    EXPECT_EQ(keys_found(*reader_, {"phone", "999"}), "");
    must(mirrors_->finish("members", "c2", ""));
    for (int tidied = 0; tidied < 2; ++tidied) {
        EXPECT_EQ(points(*reader_, "1") + points(*reader_, "2") + points(*reader_, "3") + points(*reader_, "4"),
                  "113040");
        EXPECT_EQ(keys_found(*reader_, {"phone", "111"}), "");
        EXPECT_EQ(keys_found(*reader_, {"phone", "222"}), "");
        EXPECT_EQ(keys_found(*reader_, {"phone", "999"}), "1");
        EXPECT_EQ(reader_->state("members")->records, 3);
        EXPECT_TRUE(reader_->state("members")->complete);
        tidy_up(*mirrors_);
    }
    EXPECT_EQ(ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM records"), "3");
    EXPECT_EQ(ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM lookup"), "5");
}

// The look-up of a record is not written anew where its keys stay: the last version within a run counts all the same.
TEST_F(MirrorRuns, ChangesWithTheSameSearchKeys) {  // [storage-11]
    pull(*mirrors_, true, {member("1", "10", "111"), member("2", "20")}, 1);
    const auto lookup = [&] { return ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM lookup"); };
    const auto before = lookup();
    must(mirrors_->begin("members", {.full = false, .started = at_hour(2)}));
    must(mirrors_->apply("members", std::vector{member("1", "11", "111"), member("2", "21")}, "p"));
    EXPECT_EQ(lookup(), before);
    // Other keys, deleted, and back again.
    must(mirrors_->apply("members", std::vector{member("1", "12", "112"), gone("2")}, "p"));
    must(mirrors_->apply("members", std::vector{member("1", "13", "111"), member("2", "23")}, ""));
    EXPECT_EQ(points(*reader_, "1") + points(*reader_, "2"), "1020");
    must(mirrors_->finish("members", "c", ""));
    pull(*mirrors_, false, {member("2", "24")}, 3);
    for (int tidied = 0; tidied < 2; ++tidied) {
        EXPECT_EQ(points(*reader_, "1") + points(*reader_, "2"), "1324");
        EXPECT_EQ(keys_found(*reader_, {"phone", "111"}) + keys_found(*reader_, {"phone", "112"}), "1");
        EXPECT_EQ(reader_->state("members")->records, 2);
        tidy_up(*mirrors_);
    }
    EXPECT_EQ(lookup(), before);
    EXPECT_EQ(ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM overlay"), "0");
}

TEST_F(MirrorRuns, AFullRunLeavesOutWhatItDoesNotBring) {  // [storage-11]
    pull(*mirrors_, true, {member("1", "10"), member("2", "20", "222")}, 1);
    pull(*mirrors_, true, {member("1", "11"), member("1", "12"), member("3", "30"), gone("3")}, 2);
    EXPECT_EQ(points(*reader_, "1"), "12") << "the last row of a key counts";
    EXPECT_EQ(points(*reader_, "2") + points(*reader_, "3"), "");
    EXPECT_EQ(reader_->state("members")->records, 1);
    tidy_up(*mirrors_);
    EXPECT_EQ(points(*reader_, "1"), "12");
    EXPECT_EQ(points(*reader_, "3"), "");
    EXPECT_EQ(ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM records"), "1");
    EXPECT_EQ(ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM lookup"), "1");
    EXPECT_EQ(ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM spills"), "0");
}

TEST_F(MirrorRuns, ARunGoesOnWhereItWas) {  // [storage-11]
    must(mirrors_->begin("members", {.full = true, .page = "p1", .started = at_hour(1), .delivered = 3}));
    must(mirrors_->apply("members", std::vector{member("1", "10", "111")}, "p2"));
    mirrors_.reset();
    mirrors_ = open_mirrors(options_);
    const auto run = mirrors_->unfinished("members").value();
    ASSERT_TRUE(run);
    EXPECT_EQ(run->page, "p2");
    EXPECT_TRUE(run->full);
    EXPECT_EQ(run->started, at_hour(1));
    EXPECT_EQ(run->delivered, 3);
    must(mirrors_->apply("members", std::vector{member("2", "20")}, ""));
    must(mirrors_->finish("members", "c", ""));
    EXPECT_EQ(points(*reader_, "1") + points(*reader_, "2"), "1020");
    EXPECT_EQ(keys_found(*reader_, {"phone", "111"}), "1");
    EXPECT_FALSE(mirrors_->unfinished("members").value());
    EXPECT_EQ(mirrors_->apply("members", {}, "").error().code, ErrorCode::kNotFound);
}

TEST_F(MirrorRuns, WhatAnUnfinishedRunBroughtIsForgotten) {  // [storage-11]
    pull(*mirrors_, true, {member("1", "10", "111")}, 1);
    for (const bool full : {true, false}) {
        must(mirrors_->begin("members", {.full = full, .started = at_hour(2)}));
        must(mirrors_->apply("members", std::vector{member("1", "66", "666"), member("6", "66"), gone("1")}, "p2"));
    }
    pull(*mirrors_, false, {member("2", "20")}, 3);  // later than what was given up, and before it is tidied away
    for (int tidied = 0; tidied < 2; ++tidied) {
        EXPECT_EQ(points(*reader_, "1") + points(*reader_, "2") + points(*reader_, "6"), "1020");
        EXPECT_EQ(keys_found(*reader_, {"phone", "666"}) + keys_found(*reader_, {"phone", "111"}), "1");
        EXPECT_EQ(reader_->state("members")->records, 2);
        tidy_up(*mirrors_);
    }
    EXPECT_EQ(ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM records"), "2");
    EXPECT_EQ(ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM lookup"), "4");
}

TEST_F(MirrorRuns, ALiveAnswerCountsUntilARunThatWasBegunLater) {  // [storage-11]
    pull(*mirrors_, true, {member("1", "10", "111")}, 1);
    must(mirrors_->begin("members", {.full = true, .started = at_hour(2)}));
    must(mirrors_->apply("members", std::vector{member("1", "10", "111")}, ""));
    must(mirrors_->put("members", member("1", "15", "112"), at_hour(3)));
    must(mirrors_->put("members", member("9", "90"), at_hour(3)));
    for (int finished = 0; finished < 2; ++finished) {
        EXPECT_EQ(points(*reader_, "1") + points(*reader_, "9"), "1590");
        EXPECT_EQ(reader_->get("members", "1").value()->as_of, at_hour(3));
        EXPECT_EQ(keys_found(*reader_, {"phone", "112"}) + keys_found(*reader_, {"phone", "111"}), "1");
        if (finished == 0) must(mirrors_->finish("members", "c", ""));
        tidy_up(*mirrors_);
    }
    must(mirrors_->put("members", gone("1"), at_hour(4)));
    EXPECT_EQ(points(*reader_, "1"), "");
    pull(*mirrors_, false, {}, 5);
    EXPECT_EQ(points(*reader_, "1"), "10");
    EXPECT_EQ(points(*reader_, "9"), "") << "complete changes do not know it";
    EXPECT_FALSE(reader_->get("members", "1").value()->as_of);
    tidy_up(*mirrors_);
    EXPECT_EQ(ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM records"), "1");
}

TEST_F(MirrorRuns, ACollectionThatIsOnlyAskedLiveKeepsAnswersUntilTheyAreTooOld) {
    must(mirrors_->put("members", member("1", "10"), at_hour(1)));
    must(mirrors_->put("members", member("2", "20"), at_hour(5)));
    EXPECT_EQ(reader_->state("members")->records, 2);
    EXPECT_FALSE(reader_->state("members")->as_of);
    must(mirrors_->forget_answers("members", at_hour(3)));
    EXPECT_EQ(points(*reader_, "1") + points(*reader_, "2"), "20");
    tidy_up(*mirrors_);
    EXPECT_EQ(reader_->state("members")->records, 1);
}

TEST_F(MirrorRuns, UnchangedMakesItYoungAndEndsLiveAnswers) {
    EXPECT_EQ(mirrors_->unchanged("members", at_hour(1), 1).error().code, ErrorCode::kNotFound);
    pull(*mirrors_, true, {member("1", "10")}, 1);
    must(mirrors_->put("members", member("1", "11"), at_hour(2)));
    must(mirrors_->unchanged("members", at_hour(3), 9));
    EXPECT_EQ(points(*reader_, "1"), "10");
    EXPECT_EQ(reader_->state("members")->as_of, at_hour(3));
    EXPECT_EQ(reader_->state("members")->delivered, 9);
    EXPECT_EQ(reader_->state("members")->cursor, "cursor-1");
}

TEST_F(MirrorRuns, ChangesUponNothingAreNotComplete) {
    pull(*mirrors_, false, {member("1", "10")}, 1);
    EXPECT_EQ(points(*reader_, "1"), "10");
    EXPECT_FALSE(reader_->state("members")->complete);
    must(mirrors_->put("members", member("2", "20"), at_hour(2)));
    EXPECT_EQ(points(*reader_, "2"), "20");
    pull(*mirrors_, true, {member("1", "11")}, 3);
    EXPECT_TRUE(reader_->state("members")->complete);
    EXPECT_EQ(points(*reader_, "1") + points(*reader_, "2"), "11");
}

TEST_F(MirrorRuns, ACollectionIsDroppedAndNothingOfItStays) {  // [storage-12]
    pull(*mirrors_, true, {member("1", "10", "111")}, 1);
    pull(*mirrors_, true, {member("1", "99")}, 1, "others");
    must(mirrors_->put("members", member("2", "20"), at_hour(2)));
    must(mirrors_->add_movement("members", "1", 5, -3));
    must(mirrors_->begin("members", {.full = true}));
    must(mirrors_->apply("members", std::vector{member("3", "30")}, "p"));
    EXPECT_THAT(mirrors_->collections().value(), testing::ElementsAre("members", "others"));
    must(mirrors_->drop("members"));
    EXPECT_EQ(points(*reader_, "1") + points(*reader_, "2"), "");
    EXPECT_EQ(points(*reader_, "1", "others"), "99");
    tidy_up(*mirrors_);
    for (const auto* table : {"records", "lookup", "collections"})
        EXPECT_EQ(ask(folder_.path() + "/mirrors.db", std::string("SELECT count(*) FROM ") + table), "1") << table;
    for (const auto* table : {"movements", "runs", "spills", "stale", "chores"})
        EXPECT_EQ(ask(folder_.path() + "/mirrors.db", std::string("SELECT count(*) FROM ") + table), "0") << table;
    pull(*mirrors_, true, {member("1", "10")}, 3);
    EXPECT_EQ(points(*reader_, "1"), "10");
}

TEST_F(MirrorRuns, ManyHaveOneSearchKeyAndComeInTheOrderOfTheirKeys) {
    std::vector<MirrorRow> rows;
    for (const auto* key : {"c", "a", "d", "b"}) rows.push_back(member(key, "1", "555"));
    rows.back().search.push_back({"phone", "555"});  // twice is once
    pull(*mirrors_, true, rows, 1);
    must(mirrors_->put("members", member("aa", "1", "555"), at_hour(2)));
    EXPECT_EQ(keys_found(*reader_, {"phone", "555"}), "a,aa,b,c,d");
    EXPECT_EQ(keys_found(*reader_, {"phone", "555"}, 2), "a,aa");
    EXPECT_EQ(keys_found(*reader_, {"phone", "555"}, 0), "");
}

TEST_F(MirrorRuns, LimitsHaveNamesAndNothingOfAPageIsKept) {
    must(mirrors_->begin("members", {.full = true}));
    const auto refused = [&](MirrorRow row) {
        return mirrors_->apply("members", std::vector{member("ok", "1"), std::move(row)}, "p2").error().code;
    };
    EXPECT_EQ(refused(gone("")), ErrorCode::kInvalid);
    EXPECT_EQ(refused(gone(std::string(kMirrorKeyBytesMax + 1, 'k'))), ErrorCode::kLimit);
    EXPECT_EQ(refused({.key = "k", .body = std::string(kMirrorBodyBytesMax + 1, 'b')}), ErrorCode::kLimit);
    EXPECT_EQ(refused({.key = "k", .search = {{"", "x"}}, .body = "{}"}), ErrorCode::kInvalid);
    EXPECT_EQ(refused({.key = "k", .search = std::vector<SearchKey>(65, {"f", "x"}), .body = "{}"}), ErrorCode::kLimit);
    EXPECT_EQ(mirrors_->apply("members", std::vector(kMirrorPageRowsMax + 1, member("k", "1")), "").error().code,
              ErrorCode::kLimit);
    EXPECT_EQ(mirrors_->begin("", {}).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(mirrors_->unfinished("members").value()->page, "");
    must(mirrors_->apply("members",
                         std::vector{MirrorRow{.key = std::string(kMirrorKeyBytesMax, 'k'),
                                               .body = std::string(kMirrorBodyBytesMax, 'b')}},
                         ""));
    must(mirrors_->finish("members", "", ""));
    EXPECT_EQ(reader_->get("members", std::string(kMirrorKeyBytesMax, 'k')).value()->body.size(), kMirrorBodyBytesMax);
    EXPECT_EQ(points(*reader_, "ok"), "");
}

// More than stands in memory: rows are spilled, and a restart in the middle makes what stood in memory anew.
TEST_F(MirrorRuns, AManyPagedRunThroughSpillsAndARestart) {  // [storage-11]
    constexpr int kPages = 16;
    must(mirrors_->begin("members", {.full = true, .started = at_hour(1)}));
    for (int page = 0; page < kPages; ++page) {
        std::vector<MirrorRow> rows;
        for (int i = 0; i < 1500; ++i) {
            const std::string key = std::to_string(page * 1400 + i);  // 100 of each page come again
            rows.push_back(member(key, std::to_string(page), "49" + key));
        }
        must(mirrors_->apply("members", rows, std::to_string(page + 1)));
        if (page % 7 == 3) mirrors_.reset(), mirrors_ = open_mirrors(options_);
    }
    ASSERT_TRUE(mirrors_->prepare_finish("members").value());
    EXPECT_FALSE(mirrors_->unfinished("members").value()) << "no page comes any more";
    EXPECT_EQ(points(*reader_, "7"), "");
    mirrors_.reset();
    mirrors_ = open_mirrors(options_);
    must(mirrors_->finish("members", "c", ""));
    const int last = (kPages - 1) * 1400 + 1499;
    EXPECT_EQ(reader_->state("members")->records, last + 1);
    tidy_up(*mirrors_);
    for (int key = 0; key <= last; key += 97) {
        EXPECT_EQ(points(*reader_, std::to_string(key)), std::to_string(std::min(key / 1400, kPages - 1)));
        EXPECT_EQ(keys_found(*reader_, {"phone", "49" + std::to_string(key)}), std::to_string(key));
    }
    EXPECT_EQ(ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM records"), std::to_string(last + 1));
    EXPECT_EQ(ask(folder_.path() + "/mirrors.db", "SELECT count(*) FROM lookup"), std::to_string(3 * (last + 1)));
}

TEST_F(MirrorRuns, MovementsOfThisStore) {
    must(mirrors_->add_movement("stock", "85123A", 5, -6));
    must(mirrors_->add_movement("stock", "85123A", 5, -6));
    must(mirrors_->add_movement("stock", "85123A", 8, -2));
    must(mirrors_->add_movement("stock", "other", 9, -1));
    EXPECT_EQ(reader_->moved("stock", "85123A", 0).value(), -8);
    EXPECT_EQ(reader_->moved("stock", "85123A", 5).value(), -2);
    EXPECT_EQ(reader_->moved("nothing", "85123A", 0).value(), 0);
    must(mirrors_->forget_movements("stock", 5));
    EXPECT_EQ(reader_->moved("stock", "85123A", 0).value(), -2);
    EXPECT_EQ(mirrors_->movements_read().value(), 0);
    must(mirrors_->set_movements_read(9));
    EXPECT_EQ(mirrors_->movements_read().value(), 9);
}

TEST_F(MirrorRuns, AGroupIsOneTransaction) {
    must(mirrors_->begin_group());
    must(mirrors_->add_movement("stock", "a", 1, 5));
    must(mirrors_->set_movements_read(1));
    EXPECT_EQ(reader_->moved("stock", "a", 0).value(), 0);
    EXPECT_FALSE(mirrors_->begin_group());
    must(mirrors_->commit_group());
    EXPECT_EQ(reader_->moved("stock", "a", 0).value(), 5);
    EXPECT_FALSE(mirrors_->commit_group());
    must(mirrors_->begin_group());
    must(mirrors_->set_movements_read(2));
    EXPECT_EQ(mirrors_->apply("nowhere", {}, "").error().code, ErrorCode::kNotFound);
    EXPECT_FALSE(mirrors_->set_movements_read(3));
    EXPECT_EQ(mirrors_->commit_group().error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(mirrors_->movements_read().value(), 1);
}

TEST_F(MirrorRuns, DeferredLookupsAreKeptUntilSettled) {
    const DeferredLookup lookup{
        .till = "t1", .collection = "members", .request = R"({"key":"1"})", .journal = 4, .since = at_hour(1)};
    EXPECT_EQ(mirrors_->defer(lookup).value(), 1);
    EXPECT_EQ(mirrors_->defer(lookup).value(), 2);
    mirrors_.reset();
    mirrors_ = open_mirrors(options_);
    const auto kept = mirrors_->deferred(1, 9).value();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].request, lookup.request);
    EXPECT_EQ(kept[0].till + kept[0].collection, "t1members");
    EXPECT_EQ(kept[0].journal, 4);
    EXPECT_EQ(kept[0].since, at_hour(1));
    must(mirrors_->settle(2));
    EXPECT_EQ(mirrors_->deferred(0, 9)->size(), 1U);
    EXPECT_EQ(mirrors_->defer(lookup).value(), 3) << "no number twice";
}

}  // namespace
}  // namespace tillkeeper::storage
