// What a real daemon says at /metrics after a little of everything, in both forms, kept for those who judge it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <utility>

#include "tests/e2e/bus_peer.h"
#include "tests/e2e/collections.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;
const std::string kTill = "tillkeeper/v1/tills/till-1/";

class Exposition : public ::testing::Test {
  protected:
    void SetUp() override {
        LabOptions options{.name = "tillkeeper-exposition", .tills = 1};
        options.agent.more = "\n[box]\nsysfs = \"" + board() + "\"\n";
        options.more = [](Cloud& cloud) {
            EXPECT_TRUE(cloud.control().tell("/collections", R"({"collection":"members","generate":10,"seed":7})"));
            return collections_of(cloud, {});
        };
        auto lab = Lab::open(options);
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
    }
    // A board that tells all that a board can tell.
    static std::string board() {
        const std::filesystem::path sysfs = EXPOSITION "/board";
        for (const auto& [file, text] : std::initializer_list<std::pair<const char*, const char*>>{
                 {"firmware/devicetree/base/model", "A board"},
                 {"class/thermal/thermal_zone0/temp", "48686\n"},
                 {"devices/platform/soc/soc:firmware/get_throttled", "0\n"},
                 {"block/mmcblk0/device/life_time", "0x02 0x01\n"},
                 {"block/mmcblk0/device/pre_eol_info", "0x01\n"}}) {
            std::filesystem::create_directories((sysfs / file).parent_path());
            EXPECT_TRUE(write_file(sysfs / file, text));
        }
        return sysfs;
    }
    [[nodiscard]] std::string metrics(const std::string& accept) const {
        const auto answer = fetch(lab_->agent().page() + "/metrics", 5s, {.headers = {"Accept: " + accept}});
        return answer && answer->status == 200 ? answer->body : "";
    }
    [[nodiscard]] std::string open_metrics() const { return metrics("application/openmetrics-text; version=1.0.0"); }
    // Hands something over or asks something; an answer came.
    [[nodiscard]] bool say(const std::string& topic, const std::string& payload) {
        auto till = BusPeer::connect(lab_->broker(), "till-1", till::MqttVersion::k5, kTill + "replies");
        return till && (*till)->say(kTill + topic, payload) && (*till)->hear(kPatience);
    }
    std::unique_ptr<Lab> lab_;
};

TEST_F(Exposition, IsKept) {
    EXPECT_TRUE(
        say("transactions", R"({"id":"a","type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z"})"));
    EXPECT_TRUE(say("lookups/members", R"({"request_id":"r","key":"M00000001"})"));
    ASSERT_TRUE(lab_->wait_delivered(1, kPatience));
    EXPECT_TRUE(wait_until(
        [&] {
            const auto text = open_metrics();
            return text.contains("tillkeeper_delivery_seconds_count{destination=\"erp\"} 1\n") &&
                   text.contains("tillkeeper_copy_age_seconds{collection=\"members\"}") &&
                   text.contains("tillkeeper_box_temperature_celsius 48.686");
        },
        kPatience))
        << open_metrics();
    for (const std::string signal : {"metrics", "logs", "traces"})
        EXPECT_TRUE(open_metrics().contains("tillkeeper_telemetry_dropped_total{signal=\"" + signal + "\"} 0\n"));
    std::ofstream(EXPOSITION "/open-metrics.txt") << open_metrics();
    std::ofstream(EXPOSITION "/metrics.txt") << metrics("text/plain; version=0.0.4");
}

}  // namespace
}  // namespace tillkeeper::lab
