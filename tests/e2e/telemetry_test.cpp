// The metrics of a real daemon at a collector, as /metrics has them; and a collector that is ill. [agent-106]
#include <gmock/gmock.h>

#include <filesystem>
#include <optional>

#include "tests/e2e/fetch.h"
#include "tests/e2e/headquarters.h"
#include "tests/e2e/lab.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class TelemetryLab : public ::testing::Test {
  protected:
    void SetUp() override {
        auto folder = Scratch::make("tillkeeper-collector");
        ASSERT_TRUE(folder);
        folder_.emplace(std::move(*folder));
        const auto key = folder_->path() / "collector.key";
        ASSERT_TRUE(write_file(key, "Plokijuh8"));
        std::filesystem::permissions(key, std::filesystem::perms(0600));
        const auto pki = cloud::prepare_pki(folder_->path());
        ASSERT_TRUE(pki);
        collector_.emplace(*pki);
        LabOptions options{.name = "tillkeeper-telemetry", .tills = 2};
        options.agent.more =
            "\n[telemetry]\notlp_url = \"" + collector_->url("") + "\"\nca_file = \"" + pki->ca.string() +
            "\"\nevery_s = 1\n[telemetry.api_key]\nheader = \"x-api-key\"\nkey_file = \"" + key.string() + "\"\n";
        auto lab = Lab::open(options);
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
    }
    // Sells so many, all of them accepted.
    void sell(int count) {
        auto tills = lab_->sell({.tills = 2, .sales = count, .seed = ++shifts_, .per_second = 200});
        ASSERT_TRUE(tills) << tills.error().message;
        const auto finished = tills->finish(60s);
        ASSERT_TRUE(finished) << finished.error().message;
        EXPECT_EQ(tills->tally().accepted, count);
    }

    // It says so of itself.
    [[nodiscard]] bool drops(const std::string& signal) const {
        const auto page = fetch(lab_->agent().page() + "/metrics", 5s);
        const auto series = "tillkeeper_telemetry_dropped_total{signal=\"" + signal + "\"} ";
        return page && page->body.contains(series) && !page->body.contains(series + "0\n");
    }

    std::uint64_t shifts_ = 0;
    std::optional<Scratch> folder_;
    std::optional<Headquarters> collector_;
    std::unique_ptr<Lab> lab_;
};

TEST_F(TelemetryLab, TheCollectorHasWhatThePageHas) {
    sell(40);
    EXPECT_TRUE(collector_->hears(R"({"key":"outcome","value":{"stringValue":"accepted"}})")) << collector_->all();
    EXPECT_TRUE(wait_until([&] { return collector_->all().contains(R"("asDouble":40)"); }, 60s)) << collector_->all();
    EXPECT_THAT(collector_->all(), HasSubstr("Plokijuh8 /v1/metrics {\"resourceMetrics\":"));
    EXPECT_THAT(collector_->all(), HasSubstr(R"("stringValue":"0042")"));
    for (const char* name :
         {"tillkeeper_transactions_total", "tillkeeper_accept_seconds", "tillkeeper_disk_free_bytes"})
        EXPECT_THAT(collector_->all(), HasSubstr(name));
    EXPECT_THAT(collector_->all(), Not(HasSubstr(Broker::password_of("tillkeeper"))));
}

TEST_F(TelemetryLab, ACollectorThatIsIllHindersNobody) {
    int sold = 0;
    for (const int status : {400, 503, 0}) {
        collector_->answer(status);
        sell(40);
        EXPECT_TRUE(lab_->wait_delivered(sold += 40, 60s)) << status;
        EXPECT_TRUE(status != 400 || wait_until([&] { return drops("traces"); }, 60s));
    }
}

}  // namespace
}  // namespace tillkeeper::lab
