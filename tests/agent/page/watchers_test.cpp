#include "agent/page/watchers.h"

#include <gmock/gmock.h>

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Heard {
    std::vector<std::string> said;
    bool gone = false;
};

class FakeStream final : public ServerStream {
  public:
    explicit FakeStream(Heard& heard) : heard_(heard) {}
    bool write(std::string_view bytes) override {
        if (!heard_.gone) heard_.said.emplace_back(bytes);
        return !heard_.gone;
    }

  private:
    Heard& heard_;
};

class WatchersTest : public ::testing::Test {
  protected:
    void open(Heard& page) {
        auto answer = Watchers::begin(watchers_);
        ASSERT_EQ(answer.status, 200);
        answer.stream(std::make_unique<FakeStream>(page));
    }
    void look(std::string_view headline, std::string_view rest, Duration after) {
        watchers_.look(headline, rest, MonotonicTime(1h + after));
    }

    Watchers watchers_;
    Heard page_;
};

TEST_F(WatchersTest, TellEveryPageWhatIsNew) {
    Heard other;
    open(page_);
    look("online", "0", 0ms);
    open(other);
    look("offline", "0", 100ms);
    EXPECT_THAT(page_.said, ElementsAre("data: 1\n\n", "data: 2\n\n"));
    EXPECT_THAT(other.said, ElementsAre("data: 2\n\n"));
}

TEST_F(WatchersTest, TellTheHeadlineAtOnceAndNumbersOnceASecond) {  // [agent-8]
    open(page_);
    look("online", "0", 0ms);
    for (int i = 1; i <= 9; ++i) look("online", std::to_string(i), i * 100ms);
    EXPECT_EQ(page_.said.size(), 1U) << "each sale changes a number";
    look("offline", "9", 950ms);
    EXPECT_EQ(page_.said.size(), 2U);
    look("offline", "10", 1900ms);
    EXPECT_EQ(page_.said.size(), 2U);
    look("offline", "10", 1950ms);
    EXPECT_EQ(page_.said.size(), 3U) << "what waited is not forgotten";
    look("offline", "10", 5s);
    EXPECT_EQ(page_.said.size(), 3U) << "nothing is new";
}

TEST_F(WatchersTest, ForgetPagesThatHaveGone) {
    open(page_);
    look("online", "0", 0ms);
    page_.gone = true;
    look("online", "0", 14s);
    EXPECT_EQ(watchers_.count(), 1U);
    look("online", "0", 15s);
    EXPECT_EQ(watchers_.count(), 0U);
}

TEST_F(WatchersTest, AreNotMoreThanTheServerCanBear) {
    std::vector<Heard> pages(Watchers::kMost);
    for (auto& page : pages) open(page);
    EXPECT_EQ(Watchers::begin(watchers_).status, 503);
    watchers_.add(std::make_unique<FakeStream>(page_));
    look("online", "0", 0ms);
    EXPECT_THAT(page_.said, IsEmpty());
    EXPECT_EQ(pages.back().said.size(), 1U);
}

}  // namespace
}  // namespace tillkeeper::agent
