// The report over a real journal, and the manifest that follows each day. [agent-40] [agent-41]
#include "agent/day/day_desk.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "agent/day/manifest_key.h"
#include "tests/agent/day/day_entries.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"
#include "tests/storage/folder.h"

namespace tillkeeper::agent {
namespace {

using std::chrono::hours;
using testing::HasSubstr;
using testing::Not;

class Desk : public testing::Test {
  protected:
    void put(const std::string& till, std::int64_t sequence) {
        storage::put(*journal_, handed_over(till, sequence, 100));
    }
    void settle() {
        for (int i = 0; i < 50; ++i) {
            sync_loop_.run_until_idle();
            journal_loop_.run_until_idle();
        }
    }
    ServerResponse ask(ServerRequest request) {
        std::optional<ServerResponse> answer;
        desk_.handle(request, [&](ServerResponse response) { answer = std::move(response); });
        settle();
        EXPECT_TRUE(answer);
        return std::move(answer).value_or(ServerResponse{});
    }
    ServerResponse make(const std::string& body = "{}") {
        return ask({.method = "POST", .path = "/manifests", .body = body});
    }
    std::vector<MadeManifest> made() {
        std::vector<MadeManifest> all;
        const auto entries = reader_->own_entries("day_manifest", 0, 100).value();
        for (const auto& entry : entries) all.push_back(manifest_in(entry).value());
        return all;
    }
    MakerParts parts() {
        return {*reader_, *writer_,      sync_loop_,
                clock_,   device_,       {[](WallTime) { return Duration::zero(); }, hours(4)},
                "0042",   folder_.path()};
    }

    fakes::FakeClock clock_;
    fakes::FakeLoop sync_loop_{clock_};
    fakes::FakeLoop journal_loop_{clock_};
    fakes::FakeDevice device_;
    storage::Folder folder_;
    std::unique_ptr<storage::Journal> journal_ = storage::opened(folder_.options());
    std::unique_ptr<storage::JournalReader> reader_ = storage::reading(folder_.options());
    std::unique_ptr<storage::Writer> writer_ = storage::Writer::make(*journal_, journal_loop_, clock_, {});
    DayDesk desk_{parts()};
};

TEST_F(Desk, TellsADayAsJsonAndAsATable) {
    put("t1", 1);
    put("=cmd()", 3);
    const auto json = ask({.method = "GET", .path = "/day", .query = {{"date", "2026-11-20"}}});
    EXPECT_THAT(json.body, HasSubstr(R"("types":[{"type":"sale","currency":"EUR","count":2,"sum":200}])"));
    const auto csv = ask({.method = "GET", .path = "/day.csv", .query = {{"date", "2026-11-20"}}});
    EXPECT_THAT(csv.body, HasSubstr("\"0042\",2026-11-20,\"t1\",type,\"sale\",\"EUR\",1,1.00\r\n"));
    EXPECT_THAT(csv.body, HasSubstr("\"0042\",2026-11-20,\"\",type,\"sale\",\"EUR\",2,2.00\r\n"));
    EXPECT_THAT(csv.body, HasSubstr("\"'=cmd()\"")) << "no formula";
    EXPECT_EQ(ask({.method = "GET", .path = "/day", .query = {{"date", "today"}}}).status, 400);
}

TEST_F(Desk, ReadsAnOldDayWhenAsked) {
    put("t1", 1);
    clock_.advance(hours(24 * 30));
    const auto old = ask({.method = "GET", .path = "/day", .query = {{"date", "2026-11-20"}}});
    EXPECT_THAT(old.body, HasSubstr(R"("count":1,"sum":100)"));
    EXPECT_THAT(ask({.method = "GET", .path = "/day"}).body, HasSubstr(R"("business_day":"2026-12-20")"));
}

TEST_F(Desk, ManifestsFollowEachOther) {
    put("t1", 1);
    put("t1", 2);
    EXPECT_EQ(make().body, R"({"made":1})");
    put("t1", 3);
    EXPECT_EQ(make(R"({"date":"2026-11-19"})").body, R"({"made":1})");
    const auto all = made();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].manifest.first, 1);
    EXPECT_EQ(all[0].manifest.last, 2);
    EXPECT_EQ(all[1].manifest.first, 3) << "its own entry is in the next";
    EXPECT_EQ(all[1].manifest.last, 4);
    EXPECT_EQ(all[1].manifest.own, 1);
    EXPECT_EQ(all[1].manifest.previous, manifest_hash(all[0].jws));
    EXPECT_EQ(all[1].manifest.business_day, "2026-11-19");
    EXPECT_EQ(all[1].manifest.head, to_hex(reader_->entry(4).value()->hash));
    const auto key = VerifyingKey::from_pem(manifest_key(folder_.path()).value().public_pem().value()).value();
    for (const auto& each : all) EXPECT_TRUE(proven_manifest(each.jws, key));
}

TEST_F(Desk, TheKeyIsMadeOnceAndForTheDaemonAlone) {
    EXPECT_EQ(ask({.method = "GET", .path = "/manifests/key"}).status, 404);
    make();
    const auto shown = ask({.method = "GET", .path = "/manifests/key"});
    EXPECT_THAT(shown.body, HasSubstr("BEGIN PUBLIC KEY"));
    EXPECT_THAT(shown.body, Not(HasSubstr("PRIVATE")));
    struct stat file{};
    ASSERT_EQ(::stat((folder_.path() + "/manifest.key").c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, 0600U);
    make();
    EXPECT_EQ(ask({.method = "GET", .path = "/manifests/key"}).body, shown.body);
}

TEST_F(Desk, AManifestIsMadeByItselfOnceADay) {
    put("t1", 1);
    desk_.start();
    settle();
    EXPECT_TRUE(made().empty()) << "the day is not over";
    const auto pass = [&](Duration time) {
        sync_loop_.advance(time);
        settle();
    };
    pass(hours(17));
    EXPECT_TRUE(made().empty()) << "three o'clock";
    pass(hours(2));
    ASSERT_EQ(made().size(), 1U);
    EXPECT_EQ(made()[0].manifest.business_day, "2026-11-20");
    pass(hours(20));
    EXPECT_EQ(made().size(), 1U);
    pass(hours(4));
    EXPECT_EQ(made().size(), 2U);
}

TEST_F(Desk, AnUntrustedClockMakesNone) {
    put("t1", 1);
    device_.trusted = false;
    desk_.start();
    sync_loop_.advance(hours(48));
    settle();
    EXPECT_TRUE(made().empty());
    EXPECT_EQ(make().status, 503);
    device_.trusted = true;
    sync_loop_.advance(hours(1));
    settle();
    ASSERT_EQ(made().size(), 1U);
    EXPECT_EQ(made()[0].manifest.business_day, "2026-11-21") << "the last that is over";
}

TEST_F(Desk, ListsThemAndShowsThoseOfADay) {
    make(R"({"date":"2026-11-19"})");
    make(R"({"date":"2026-11-20"})");
    const auto all = ask({.method = "GET", .path = "/manifests"}).body;
    EXPECT_THAT(all, HasSubstr("manifest-0042-2026-11-19-1"));
    EXPECT_THAT(all, HasSubstr("manifest-0042-2026-11-20-2"));
    EXPECT_THAT(all, Not(HasSubstr("jws")));
    const auto one = ask({.method = "GET", .path = "/manifests", .query = {{"date", "2026-11-19"}}}).body;
    EXPECT_THAT(one, HasSubstr(R"("jws":"ey)"));
    EXPECT_THAT(one, Not(HasSubstr("2026-11-20-2")));
}

}  // namespace
}  // namespace tillkeeper::agent
