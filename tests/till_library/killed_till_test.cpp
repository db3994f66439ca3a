// A till is killed between handing over and hearing the answer, again and again, and started again.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <set>

#include "tests/till_library/delivery.h"

namespace tillkeeper::pos {
namespace {

struct Line {
    std::int64_t sequence = 0;
    std::array<char, 40> id{};
};

// Sells as fast as it can and tells each receipt through `out`, until it is killed.
[[noreturn]] void sell_until_killed(const Settings& settings, int out) {
    auto till = Till::open(settings, {});
    if (!till) ::_exit(3);
    for (;;) {
        const auto receipt = till->hand_over(Sale{});
        if (!receipt) ::_exit(4);
        Line line{receipt->till_sequence, {}};
        receipt->id.copy(line.id.data(), line.id.size() - 1);
        if (::write(out, &line, sizeof line) != sizeof line) ::_exit(5);
        if (!till->run_once(std::chrono::milliseconds(0))) ::_exit(6);
    }
}

// [till-1] [till-2] [till-3]
TEST_F(Delivery, AKilledTillLosesNothingAndNoNumberComesTwice) {
    std::map<std::string, int> heard;
    std::map<std::int64_t, std::string> told;
    const auto say = [&](const std::string& id, std::int64_t number) {
        ++heard[id];
        return number % 20 == 0 ? std::string() : till::EchoAgent::accepted(id, number);  // some answers are lost
    };
    listen(say);
    constexpr int kLives = 12;
    for (int life = 0; life < kLives; ++life) {
        int ends[2] = {-1, -1};
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        if (child == 0) sell_until_killed(settings(), ends[1]);
        ::close(ends[1]);
        Line line;
        for (int sold = 0; sold < 10 + 7 * life && ::read(ends[0], &line, sizeof line) == sizeof line; ++sold) {
            EXPECT_TRUE(told.emplace(line.sequence, line.id.data()).second) << line.sequence << " was given twice";
            ASSERT_TRUE(agent_->turn(0));
        }
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        while (::read(ends[0], &line, sizeof line) == sizeof line)  // told before it died
            EXPECT_TRUE(told.emplace(line.sequence, line.id.data()).second) << line.sequence << " was given twice";
        ::close(ends[0]);
    }
    open();
    ASSERT_TRUE(all_answered());
    EXPECT_GE(told.size(), 500U);
    for (const auto& [sequence, id] : told) EXPECT_TRUE(heard.contains(id)) << sequence << " never arrived";
    EXPECT_LE(heard.size(), told.size() + kLives) << "sold by nobody";
    EXPECT_EQ(till_->counts().next_sequence, static_cast<std::int64_t>(heard.size()) + 1);
    std::cout << told.size() << " sales, " << kLives << " kills\n";
}

// [till-1]
TEST_F(Delivery, WhatATillWasTellingWhenItDiedIsToldAgain) {
    listen();
    const pid_t child = ::fork();
    if (child == 0) {
        Events events;
        events.answered = [](const Answer&) { ::_exit(9); };
        auto till = Till::open(settings(), std::move(events));
        if (!till || !till->hand_over(Sale{})) ::_exit(3);
        while (till->run_once(std::chrono::milliseconds(5))) continue;
        ::_exit(4);
    }
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) ASSERT_TRUE(agent_->turn(5));
    ASSERT_EQ(WEXITSTATUS(status), 9);
    open();
    EXPECT_EQ(till_->counts().waiting, 1U) << "it left before anybody had heard of its answer";
    ASSERT_TRUE(all_answered());
    EXPECT_EQ(answers_.size(), 1U);
}

}  // namespace
}  // namespace tillkeeper::pos
