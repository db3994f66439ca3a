// What `tillkeeper status --watch` shows, as the daemon comes and goes. [agent-8]
#include "agent/cli/watch.h"

#include <gmock/gmock.h>

#include "agent/local/status_answer.h"

namespace tillkeeper::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const WallTime kStart = parse_rfc3339("2026-11-20T10:42:07Z").value();

class WatchTest : public testing::Test {
  protected:
    std::string answer(std::int64_t held = 0) const {
        agent::StoreState state;
        state.store = "0042";
        agent::DestinationState erp;
        erp.sync.name = "erp";
        erp.held = held;
        state.destinations.push_back(erp);
        return agent::status_answer(state, kStart + passed_);
    }
    void heard(Result<std::string> answer) {
        passed_ += 1s;
        watch_.heard(std::move(answer), kStart + passed_, moment());
    }
    void lost() { heard(fail(ErrorCode::kUnavailable, "no answer\x1b[2J")); }
    [[nodiscard]] MonotonicTime moment() const { return MonotonicTime(passed_); }
    [[nodiscard]] std::string screen() const { return watch_.screen({.width = 60, .utf8 = true}, moment()); }

    Watch watch_;
    Duration passed_{};
};

TEST_F(WatchTest, TellsSinceWhenNothingWasHeardAndGoesOn) {
    heard(answer());
    EXPECT_THAT(screen(), StartsWith("Online."));
    EXPECT_TRUE(watch_.fine());
    for (int i = 0; i < 5; ++i) lost();
    EXPECT_FALSE(watch_.fine());
    EXPECT_THAT(screen(), StartsWith("Nothing heard from the daemon since 2026-11-20T10:42:08Z, 5\ns: no answer?[2J."));
    EXPECT_THAT(screen(), HasSubstr("What it said last:\n\nOnline."));
    heard(answer());
    EXPECT_THAT(screen(), StartsWith("Online."));
    EXPECT_TRUE(watch_.fine());
}

TEST_F(WatchTest, ADaemonThatWasNeverThereHasSaidNothing) {
    lost();
    lost();
    EXPECT_THAT(screen(), StartsWith("Nothing heard from the daemon since 2026-11-20T10:42:08Z, 1\ns"));
    EXPECT_THAT(screen(), Not(HasSubstr("said last")));
}

TEST_F(WatchTest, APipeGetsALineForEachChange) {
    heard(answer());
    EXPECT_EQ(watch_.change(false), "2026-11-20T10:42:08Z Online. Everything is delivered. Keep selling.");
    heard(answer());
    EXPECT_EQ(watch_.change(false), std::nullopt) << "only the time is another";
    heard(answer(2));
    EXPECT_EQ(watch_.change(false),
              "2026-11-20T10:42:10Z Online. Everything is delivered. Keep selling. erp: reached, "
              "0 behind, 2 held.");
    lost();
    EXPECT_EQ(watch_.change(false), "2026-11-20T10:42:11Z Nothing heard from the daemon: no answer?[2J");
    lost();
    EXPECT_EQ(watch_.change(false), std::nullopt);
    heard(answer(2));
    EXPECT_THAT(watch_.change(true), testing::Optional(HasSubstr(R"("state":"online")")));
    lost();
    EXPECT_EQ(watch_.change(true), R"({"error":"no answer?[2J"})");
}

TEST(Frame, LeavesNothingOfTheOldOneAndNeverScrolls) {
    EXPECT_EQ(frame("a\nb\n", 24), "\x1b[Ha\x1b[K\r\nb\x1b[K\r\n\x1b[J");
    EXPECT_EQ(frame("a\nb\nc\n", 2), "\x1b[Ha\x1b[K\r\nb\x1b[K") << "a line feed in the last row would scroll";
}

}  // namespace
}  // namespace tillkeeper::cli
