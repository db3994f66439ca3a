// A store with destinations and a cloud that remembers, all in virtual time: what the destination tests have in common.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sync/destination.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_http.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fakes/seeded_random.h"
#include "tests/sync/fake_journal.h"

namespace tillkeeper::sync {

inline constexpr Duration kSecond = std::chrono::seconds(1);
inline constexpr Duration kHour = std::chrono::hours(1);

struct Received {
    std::vector<std::string> ids;
    std::string body;
    std::string key;
    std::string authorization;
};

class DestinationWorld : public ::testing::Test {
  protected:
    DestinationWorld() {
        http.latency = std::chrono::milliseconds(5);
        http.respond = [this](const HttpRequest& request) { return serve(request); };
    }

    // "id" of every event of a CloudEvents batch or of the single body.
    static std::vector<std::string> ids_in(const std::string& body);
    std::optional<HttpResponse> serve(const HttpRequest& request);

    storage::JournalNumber sell(const std::string& id, const std::string& till = "t1",
                                const std::string& refers_to = {}, const std::string& type = "sale");
    void sell_many(int count, int tills = 4, const std::string& prefix = "s");
    DestinationConfig config(const std::string& name = "erp") const;
    [[nodiscard]] SyncParts parts() {
        return {.loop = loop,
                .clock = clock,
                .device = device,
                .random = random,
                .http = http,
                .reader = journal,
                .writer = journal,
                .store_id = "0042",
                .publisher = publisher,
                .tracer = [this](const RequestSpan& span) { spans.push_back(span); }};
    }
    Destination& open(DestinationConfig config);
    Destination& open() { return open(config()); }
    void restart();  // all destinations again, from their stored cursors; what was in flight or not stored is lost
    void wake_all();
    void run(Duration duration) { loop.advance(duration); }
    // Everything is delivered exactly in the order of each till; held ones left out.
    void expect_order_per_till(const std::string& host);
    [[nodiscard]] std::set<std::string> delivered(const std::string& name) const;

    fakes::FakeClock clock;
    fakes::FakeLoop loop{clock};
    fakes::FakeDevice device;
    fakes::SeededRandom random{7};
    fakes::FakeHttp http{loop};
    fakes::FakeJournal journal{loop};
    std::vector<DestinationConfig> configs;
    std::vector<std::unique_ptr<Destination>> destinations;

    // The cloud, by name of destination (the host of the address).
    std::map<std::string, std::vector<Received>> received;    // taken, in order
    std::map<std::string, std::vector<std::string>> effects;  // ids in the order of their first effect
    std::map<std::string, std::set<std::string>> seen;        // keys of effects
    std::function<std::optional<HttpResponse>(const std::string& name, const Received&)> fault;
    bool cut = false;                                                     // no network at all
    std::function<std::unique_ptr<MqttPublisher>(MqttBroker)> publisher;  // for destinations that are brokers
    std::vector<RequestSpan> spans;                                       // of all requests
    std::map<std::string, std::string> till_of;
    std::uint64_t attempts = 0;
};

}  // namespace tillkeeper::sync
