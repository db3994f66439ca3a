// `tillkeeper doctor` on a real box, sound and broken. [agent-12]
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/e2e/lab.h"

namespace tillkeeper::lab {
namespace {

class Doctor : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.name = "tillkeeper-doctor", .tills = 1});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
    }
    // "fine", "attention" or "broken"; "" when nothing of that name was looked at.
    [[nodiscard]] std::string says(const std::string& check) {
        const auto result = lab_->agent().command({"doctor", "--json"});
        EXPECT_TRUE(result) << result.error().message;
        const auto document = Json::parse(result ? result->output : "");
        EXPECT_EQ(result ? result->status : -1, document["fine"].is_true() ? 0 : 1);
        for (const auto& each : document["checks"].items())
            if (each["check"].text() == check) return each["state"].text();
        return "";
    }
    std::unique_ptr<Lab> lab_;
};

TEST_F(Doctor, NamesWhatIsWrongAndNothingElse) {
    for (const auto* check : {"configuration", "daemon", "bus", "bus port", "certificate of the store CA",
                              "certificate of the broker", "permissions", "disk", "destination erp", "queue", "tills"})
        EXPECT_EQ(says(check), "fine") << check;
    EXPECT_EQ(says("sealing"), "attention") << "the lab gives no key";

    ASSERT_EQ(::chmod(lab_->agent().setup().data_folder.c_str(), 0755), 0);
    EXPECT_EQ(says("permissions"), "attention");

    ASSERT_EQ(lab_->agent().stop(), 0);
    EXPECT_EQ(says("daemon"), "broken");
    EXPECT_EQ(says("sealing"), "attention") << "told without the daemon as well";

    std::ofstream(lab_->broker().folder() / "tls" / "ca.pem") << "nonsense";
    EXPECT_EQ(says("certificate of the store CA"), "broken");

    const auto text = lab_->agent().command({"doctor"});
    ASSERT_TRUE(text);
    EXPECT_EQ(text->status, 1);
    EXPECT_TRUE(text->output.contains("What to do:")) << text->output;
    EXPECT_TRUE(text->output.contains("sealing: off")) << text->output;
}

}  // namespace
}  // namespace tillkeeper::lab
