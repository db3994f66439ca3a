// When a box may be updated, and why not; what whoever updates is told of the journal.
#include "agent/cli/update_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/cli/update_commands.h"

namespace tillkeeper::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const auto kNight = agent::Hours::parse("01:00-05:00").value();

std::vector<std::string> obstacles(const char* time, const std::string& status) {
    const JsonDocument document(status);
    UpdateMoment moment{.in_store = parse_rfc3339(time).value(), .status = std::nullopt};
    if (!status.empty()) moment.status = document.root();
    return update_obstacles(moment, kNight);
}

TEST(UpdateWindow, IsOpenAtNightWhereNothingIsUnderWay) {
    for (const char* state : {"online", "degraded"})
        EXPECT_THAT(obstacles("2026-11-20T02:00:00Z", R"({"state":")" + std::string(state) + R"("})"), IsEmpty());
    EXPECT_THAT(obstacles("2026-11-20T02:00:00Z", ""), IsEmpty()) << "a daemon that does not run may be mended";
}

TEST(UpdateWindow, IsClosedInTradingHoursWhileCatchingUpAndOffline) {
    EXPECT_THAT(obstacles("2026-11-20T14:05:00Z", R"({"state":"online"})"),
                ElementsAre(HasSubstr("It is 14:05 in the store; it may be updated 01:00-05:00")));
    EXPECT_THAT(obstacles("2026-11-20T02:00:00Z", R"({"state":"catching_up"})"), ElementsAre(HasSubstr("catches up")));
    EXPECT_THAT(obstacles("2026-11-20T14:00:00Z", R"({"state":"offline"})"),
                ElementsAre(HasSubstr("14:00"), HasSubstr("offline")));
}

TEST(UpdateWindow, SaysWhyAlsoWhereItIsForced) {
    const auto closed = update_window_json({"one", "two"}, kNight, false);
    EXPECT_EQ(closed, R"({"open":false,"forced":false,"window":"01:00-05:00","reasons":["one","two"]})");
    EXPECT_EQ(update_window_text(JsonDocument(closed).root()), "Not now:\n  one\n  two\n");
    const auto forced = update_window_json({"one"}, kNight, true);
    EXPECT_EQ(update_window_text(JsonDocument(forced).root()),
              "This box may be updated now, by order, although:\n  one\n");
    const auto open = update_window_json({}, kNight, true);
    EXPECT_EQ(open, R"({"open":true,"forced":false,"window":"01:00-05:00","reasons":[]})");
    EXPECT_EQ(update_window_text(JsonDocument(open).root()), "This box may be updated now.\n");
}

TEST(Preflight, NamesCopiesThatWouldBeFetchedAnew) {
    const auto told = [](const std::string& copies_anew) {
        const JsonDocument tried(R"({"fits":true,"from":8,"to":8,"older_reads":true,"backup":"","copies_anew":")" +
                                 copies_anew + R"(","entries":7,"last":7})");
        return preflight_text(tried.root());
    };
    EXPECT_THAT(told("mirrors: a newer program wrote the file"),
                HasSubstr("fetched anew, and look-ups that wait be lost: mirrors: a newer program wrote the file."));
    EXPECT_THAT(told(""), testing::Not(HasSubstr("anew")));
}

}  // namespace
}  // namespace tillkeeper::cli
