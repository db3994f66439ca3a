// Sources and live questions against the simulated cloud: real TLS and OAuth, real mirrors in a real file.
#include <gtest/gtest.h>

#include "platform/linux-arm/asio_event_loop.h"
#include "platform/linux-arm/curl_http.h"
#include "storage/mirror_reader.h"
#include "sync/live_source.h"
#include "sync/source.h"
#include "tests/cloud/cloud_rig.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/seeded_random.h"
#include "tests/sync/fake_journal.h"

namespace tillkeeper::sync {
namespace {

using namespace std::chrono_literals;

class SteadyClock final : public Clock {
  public:
    [[nodiscard]] WallTime wall() const override {
        return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    }
    [[nodiscard]] MonotonicTime monotonic() const override {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        return MonotonicTime(std::chrono::duration_cast<Duration>(now));
    }
};

class CloudSource : public ::testing::Test {
  protected:
    CloudSource() { EXPECT_TRUE(control.tell("/collections", R"({"collection":"members","generate":2500,"seed":4})")); }

    SourceConfig members(bool graphql) const {
        SourceConfig config;
        config.collection = "members";
        config.record_key = "member_id";
        config.ca_file = cloud.ca();
        config.url =
            cloud.url(graphql ? "/feed/v1/graphql" : "/feed/v1/members?cursor={cursor}&page={page}&format=ndjson");
        config.kind = graphql ? SourceKind::kGraphQl : SourceKind::kRest;
        config.format = graphql ? PageFormat::kJson : PageFormat::kNdjson;
        config.query = graphql ? "query($cursor:String,$page:String){members(cursor:$cursor,page:$page){records}}" : "";
        config.search = {{.field = "phone", .normal = Normal::kPhone, .prefix_min = 0, .country = "49"}};
        config.every = 100ms;
        config.oauth.auth = ClientAuth::kClientSecretBasic;
        config.oauth.token_url = cloud.url("/oauth/token");
        config.oauth.client_id = "till";
        config.oauth.client_secret = "s e+c:ret%";
        config.live.emplace().url = cloud.url("/live/v1/members?by={field}&key={key}");
        config.live->deadline = 10s;
        return config;
    }

    void open(const SourceConfig& config) {
        auto made = Source::make(config, {.sync = parts,
                                          .mirrors = *mirrors,
                                          .sales_wait = [] { return false; },
                                          .delivered = [](const std::string&) { return 0; },
                                          .changed = [](const std::string&) {}});
        ASSERT_TRUE(made) << made.error().message;
        source = std::move(*made);
        source->start();
    }

    // Runs the loop until it holds; false after a minute.
    bool run_until(const std::function<bool()>& condition) {
        const auto end = clock.monotonic() + 60s;
        Timer timer;
        std::function<void()> look = [&] {
            if (condition() || clock.monotonic() > end) return loop.stop();
            timer = loop.after(5ms, [&] { look(); });
        };
        timer = loop.after(0ms, [&] { look(); });
        loop.run();
        return condition();
    }

    cloud::RunningCloud cloud;
    cloud::CloudControl control = cloud.control();
    lab::Scratch scratch = lab::Scratch::make("sources").value();
    SteadyClock clock;
    AsioEventLoop loop;
    fakes::FakeDevice device;
    fakes::SeededRandom random{7};
    std::unique_ptr<HttpClient> http = make_http_client(loop);
    fakes::FakeJournal journal{loop};
    SyncParts parts{.loop = loop,
                    .clock = clock,
                    .device = device,
                    .random = random,
                    .http = *http,
                    .reader = journal,
                    .writer = journal,
                    .store_id = "0042"};
    std::string anew;
    std::unique_ptr<storage::Mirrors> mirrors =
        storage::Mirrors::open({.folder = scratch.path().string(), .key = std::string(32, 'k'), .vfs = {}}, anew)
            .value();
    std::unique_ptr<storage::MirrorReader> reader =
        storage::MirrorReader::open({.folder = scratch.path().string(), .key = std::string(32, 'k'), .vfs = {}})
            .value();
    std::unique_ptr<Source> source;
};

// [sync-9]
TEST_F(CloudSource, FollowsAFeedOfLinesAndOneOfGraphQl) {
    for (const bool graphql : {false, true}) {
        const std::string key = graphql ? "M00000027" : "M00000017";
        ASSERT_TRUE(mirrors->drop("members"));
        open(members(graphql));
        ASSERT_TRUE(run_until([&] { return source->status().mirror.records >= 2499; })) << source->status().reason;
        const auto by = asked_for("phone", "0171/" + key.substr(1), members(graphql).search);
        ASSERT_TRUE(by);
        const auto found = reader->find("members", *by, 5);
        ASSERT_TRUE(found) << found.error().message;
        ASSERT_EQ(found->size(), 1U) << by->value;
        EXPECT_EQ(found->front().key, key);
        const std::string name = graphql ? "Greta" : "Emil";
        ASSERT_TRUE(control.tell("/collections", R"({"collection":"members","set":[{"member_id":")" + key +
                                                     R"(","name":")" + name + R"("}],"remove":["M00000018"]})"));
        ASSERT_TRUE(run_until([&] {
            const auto hit = reader->get("members", key);
            return hit && *hit && (*hit)->body.find(name) != std::string::npos;
        }));
        EXPECT_FALSE(reader->get("members", "M00000018")->has_value());
        source.reset();
    }
}

// [sync-9]
TEST_F(CloudSource, ACloudThatFailsAndForgets) {
    open(members(false));
    ASSERT_TRUE(control.set_fault(R"({"destination":"feed","mode":"cut_answer","probability":0.3})"));
    ASSERT_TRUE(control.set_fault(R"({"destination":"feed","mode":"garbage","probability":0.2})"));
    ASSERT_TRUE(run_until([&] { return source->status().mirror.records == 2500; })) << source->status().reason;
    ASSERT_TRUE(control.clear_faults());
    ASSERT_TRUE(
        control.tell("/collections", R"({"collection":"members","remove":["M00000001"],"forget_cursors":true})"));
    ASSERT_TRUE(run_until([&] { return source->status().mirror.records == 2499; })) << source->status().reason;
    EXPECT_FALSE(reader->get("members", "M00000001")->has_value());
}

// [sync-10]
TEST_F(CloudSource, AsksLive) {
    auto live = LiveSource::make(members(false), parts).value();
    std::vector<LiveAnswer> answers;
    const auto ask = [&](const std::string& field, const std::string& value, Duration wait) {
        live->ask(field, value, clock.monotonic() + wait, [&](LiveAnswer got) { answers.push_back(std::move(got)); });
        return run_until([&, wanted = answers.size() + 1] { return answers.size() >= wanted; });
    };
    ASSERT_TRUE(ask("phone", "+49 171 00000099", 10s));
    EXPECT_EQ(answers.back().key, "M00000099");
    ASSERT_TRUE(ask("", "nobody", 10s));
    EXPECT_EQ(answers.back().outcome, LiveAnswer::Outcome::kNotFound);
    ASSERT_TRUE(control.set_fault(R"({"destination":"live","mode":"slow","delay_ms":5000})"));
    ASSERT_TRUE(ask("", "M00000001", 50ms));
    EXPECT_EQ(answers.back().cause, "deadline");
}

}  // namespace
}  // namespace tillkeeper::sync
