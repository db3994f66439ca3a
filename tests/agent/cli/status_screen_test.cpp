// What `tillkeeper status` shows of each state. [agent-8]
#include "agent/cli/status_screen.h"

#include <gmock/gmock.h>

#include <sstream>

#include "agent/cli/plain_words.h"
#include "agent/cli/printable.h"
#include "agent/local/status_answer.h"

namespace tillkeeper::cli {
namespace {

using agent::DestinationState;
using agent::StoreState;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Waiting = sync::DestinationStatus::State;

const WallTime kNow = parse_rfc3339("2026-11-20T12:47:00Z").value();

DestinationState destination(const std::string& name, const std::string& cause, std::int64_t behind) {
    DestinationState d;
    d.sync.name = name;
    d.sync.cause = cause;
    d.sync.state = cause.empty() ? Waiting::kDelivering : Waiting::kWaiting;
    d.behind = behind;
    if (behind > 0) d.oldest = parse_rfc3339("2026-11-20T10:42:07Z").value();
    return d;
}

StoreState online() {
    StoreState s;
    s.store = "0042";
    s.since = parse_rfc3339("2026-11-20T10:42:00Z").value();
    s.destinations = {destination("erp", "", 0), destination("oms", "", 0), destination("crm", "", 0)};
    s.last = 90'300;
    s.journal_entries = 90'210;
    s.journal_bytes = 43'200'000;
    s.disk_free_bytes = 13'300'000'000;
    s.runway = {412, agent::RunwayLimit::kDisk};
    s.clock_trusted = true;
    return s;
}

StoreState catching_up() {
    auto s = online();
    s.state = "catching_up";
    s.safe = 400;
    s.destinations[1] = destination("oms", "", 400);
    s.destinations[1].caught_up = 1200;
    s.destinations[1].eta_s = 130;
    return s;
}

StoreState offline() {
    auto s = online();
    s.state = "offline";
    s.cause = "no_route";
    s.safe = 133;
    for (auto& d : s.destinations) d = destination(d.sync.name, "no_route", 133);
    return s;
}

std::string screen(const StoreState& state, const Look& look = {}) {
    const JsonDocument document(agent::status_answer(state, kNow));
    EXPECT_TRUE(document.root().exists());
    return status_screen(document.root(), look);
}

std::string line(const StoreState& state) {
    const JsonDocument document(agent::status_answer(state, kNow));
    return status_line(document.root());
}

Look terminal(std::size_t width, bool colour = false, bool utf8 = true) {
    return {.width = width, .moves = true, .colour = colour, .utf8 = utf8};
}

void expect_fits(const std::string& text, std::size_t width, int lines_max) {
    std::istringstream lines(text);
    int count = 0;
    for (std::string each; std::getline(lines, each); ++count) EXPECT_LE(columns(each), width) << each;
    EXPECT_LE(count, lines_max) << text;
}

TEST(StatusScreen, OnlineIsOneSentenceAndTheBox) {
    EXPECT_EQ(screen(online()), R"(Online. Everything is delivered. Keep selling.
Store 0042: online since 2026-11-20T10:42:00Z, 2 h 5 min; 0 safe and on the way.

DESTINATION  STATE    BEHIND  OLDEST  HELD  LEFT
erp          reached  0       -       0     -
oms          reached  0       -       0     -
crm          reached  0       -       0     -

Nothing waits for a person.

Runway   can stay offline 17 d 4 h; limited by the disk
Room     12.3 GiB free
Journal  90210 entries up to number 90300, 41.1 MiB
Clock    can be trusted: 2026-11-20T12:47:00Z
Version  )" + JsonDocument(agent::to_json(online())).root().text("version") +
                                    "\n");
}

TEST(StatusScreen, OfflineSaysWhyInPlainWords) {
    const auto text = screen(offline());
    EXPECT_THAT(text, StartsWith("Offline since 10:42 UTC. Keep selling. 133 sales are safe on this box.\n"));
    EXPECT_THAT(text, HasSubstr("offline (no way to the cloud) since"));
    EXPECT_THAT(text, HasSubstr("erp          waits: no way to the cloud  133     2 h 4 min  0     -\n"));
}

TEST(StatusScreen, CatchingUpHasABarAndTheTimeLeft) {
    EXPECT_THAT(screen(catching_up()),
                HasSubstr("oms          catching up [#######...] 75 %  400     2 h 4 min  0     2 min\n"));
    EXPECT_THAT(screen(catching_up(), terminal(80)), HasSubstr("catching up ███████░░░ 75 %"));
    auto hardly = catching_up();
    hardly.destinations[1].behind = 3;
    EXPECT_THAT(screen(hardly), Not(HasSubstr("catching up [")))
        << "what is always on its way in a store that sells is no backlog";
}

TEST(StatusScreen, DegradedNamesWhatAPersonMustDo) {
    auto s = online();
    s.state = "degraded";
    s.cause = "login";
    s.destinations[2] = destination("crm", "login", 7);
    s.destinations[0].held = 2;
    s.held = 2;
    s.quarantined = 1;
    s.differences = 3;
    const auto text = screen(s);
    EXPECT_THAT(text, StartsWith("Part of the cloud has not answered"));
    EXPECT_THAT(text, HasSubstr("Waiting for a person:\n"
                                "  2 held                           tillkeeper queue list\n"
                                "  1 quarantined                    tillkeeper queue list --destination \"\"\n"
                                "  3 booked otherwise by the cloud  tillkeeper differences\n"
                                "  crm: sign-in refused             tillkeeper doctor\n"));
}

TEST(StatusScreen, ABoxThatTakesNoSalesSaysSoFirst) {
    auto s = online();
    s.not_accepting = "the disk is full";
    s.clock_trusted = false;
    s.runway = {};
    const auto text = screen(s);
    EXPECT_THAT(text, StartsWith("This box cannot take sales now: the disk is full."));
    EXPECT_THAT(text, HasSubstr("Runway   not enough sales yet to say\nRoom     12.3 GiB free\n"));
    EXPECT_THAT(text, HasSubstr("not set since the boot: 2026-11-20T12:47:00Z; look: tillkeeper doctor\n"));
    EXPECT_THAT(screen(s, terminal(80, true)), StartsWith("\x1b[1;31mThis box"));
}

TEST(StatusScreen, ForecastsNoCenturies) {
    auto s = online();
    s.runway = {4'573'974, agent::RunwayLimit::kDisk};
    EXPECT_THAT(screen(s), HasSubstr("Runway   can stay offline more than a year; limited by the disk"));
}

TEST(StatusScreen, FitsTheTerminal) {
    auto worst = offline();
    for (auto& d : worst.destinations) d.sync.cause = "captive_portal";
    worst.cause = "captive_portal";
    worst.held = worst.quarantined = worst.differences = 99'999;
    worst.clock_trusted = false;
    for (const auto& state : {online(), offline(), catching_up(), worst}) {
        expect_fits(screen(state, terminal(80)), 80, 24);
        expect_fits(screen(state, terminal(40)), 40, 48);
    }
    EXPECT_THAT(screen(offline(), terminal(40)),
                HasSubstr("erp  waits: no way to the cloud\n  133 behind, oldest 2 h 4 min, 0 held\n"));
}

TEST(StatusScreen, SaysTheSameWithoutColoursAndSymbols) {
    for (const auto& state : {online(), offline(), catching_up()}) {
        auto text = screen(state, terminal(200, true));
        for (auto from = text.find('\x1b'); from != std::string::npos; from = text.find('\x1b'))
            text.erase(from, text.find('m', from) - from + 1);
        const auto plain = screen(state, terminal(200));
        EXPECT_EQ(text, plain);
        if (state.state != "catching_up") {
            EXPECT_EQ(plain, screen(state));
        }
    }
}

TEST(StatusScreen, SteersNoTerminalAndKnowsItsLetters) {
    auto s = offline();
    s.store = "K\xc3\xa4se\x1b[2J";
    s.destinations[0].sync.cause =
        "\xc2\x9b"
        "31m";
    const auto text = screen(s, terminal(80));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
    EXPECT_THAT(text, HasSubstr("K\xc3\xa4se?[2J"));
    EXPECT_THAT(screen(s, terminal(80, false, false)), HasSubstr("K?se?[2J"));
}

TEST(StatusLine, HasWhatMatters) {
    EXPECT_EQ(line(online()), "Online. Everything is delivered. Keep selling.");
    EXPECT_THAT(line(offline()), HasSubstr(" erp: waits: no way to the cloud, 133 behind."));
}

TEST(PlainWords, OfTimeAndSize) {
    EXPECT_EQ(time_in_words(-5), "0 s");
    EXPECT_EQ(time_in_words(59), "59 s");
    EXPECT_EQ(time_in_words(3599), "59 min");
    EXPECT_EQ(time_in_words(7200), "2 h");
    EXPECT_EQ(time_in_words(90'000), "1 d 1 h");
    EXPECT_EQ(bytes_in_words(1023), "1023 bytes");
    EXPECT_EQ(bytes_in_words(1536), "1.5 KiB");
    EXPECT_EQ(bytes_in_words(std::uint64_t{5} << 50), "5120.0 TiB");
    EXPECT_EQ(cause_in_words("tls"), "no trusted connection");
    EXPECT_EQ(cause_in_words("new"), "new");
}

}  // namespace
}  // namespace tillkeeper::cli
