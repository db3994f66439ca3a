// A till whose disk has no room any more, at a real broker.
#include "tests/disk/disk.h"
#include "tests/fakes/seeded_random.h"
#include "tests/till_library/delivery.h"

namespace tillkeeper::pos {
namespace {

class DeliveryOnAFullDisk : public Delivery {
  protected:
    void SetUp() override { disk_.stand_in_for_the_systems(); }
    void TearDown() override { till_.reset(); }
    // Runs on, whatever the disk says.
    bool run_until(const std::function<bool()>& condition) {
        const auto deadline = till::monotonic_now() + std::chrono::seconds(60);
        while (!condition() && till::monotonic_now() < deadline) {
            if (const auto done = till_->run_once(std::chrono::milliseconds(1)); !done)
                codes_.push_back(done.failure().code);
            if (agent_ && !agent_->turn(0)) agent_.reset();
        }
        return condition();
    }

    fakes::SeededRandom random_{5};
    disk::Disk disk_{random_};
    std::vector<Code> codes_;
};

// [till-7]
TEST_F(DeliveryOnAFullDisk, WhatIsKeptStillLeaves) {
    constexpr std::size_t kSales = 30;
    auto on_disk = patient();
    on_disk.outbox_file = "outbox";
    open(on_disk);
    for (std::size_t i = 0; i < kSales; ++i) ASSERT_GT(sell(), 0);
    disk_.limit(0);  // no file grows any more, whatever is given up for it
    listen();
    ASSERT_TRUE(run_until([&] { return answers_.size() >= kSales; })) << answers_.size() << " were handed over";
    EXPECT_EQ(agent_->heard(), static_cast<std::int64_t>(kSales)) << "some were sent again";
    EXPECT_EQ(till_->counts().waiting, kSales) << "it was noted down after all";
    ASSERT_FALSE(codes_.empty());
    for (const auto code : codes_) EXPECT_EQ(code, Code::kStorageFull);
    EXPECT_FALSE(till_->hand_over(Sale{})) << "taken on a full disk";

    disk_.limit({});
    EXPECT_TRUE(run_until([&] { return till_->counts().waiting == 0; }));
    EXPECT_EQ(answers_.size(), kSales) << "told twice";
    EXPECT_TRUE(till_->hand_over(Sale{}));
}

}  // namespace
}  // namespace tillkeeper::pos
