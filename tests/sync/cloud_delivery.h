// One destination at the simulated cloud, over a real network and real TLS: what the tests of logins have in common.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/mosquitto_publisher.h"
#include "platform/linux-arm/service.h"
#include "platform/linux-arm/system.h"
#include "sync/destination.h"
#include "tests/cloud/cloud_rig.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/seeded_random.h"
#include "tests/platform/driven_loop.h"
#include "tests/sync/fake_journal.h"

namespace tillkeeper::sync {

class CloudDelivery : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { ignore_broken_pipes(); }

    void sell(const std::string& id) {
        storage::Entry entry;
        entry.till = "t1";
        entry.transaction_id = id;
        entry.type = "sale";
        entry.occurred_at = "2026-11-20T10:42:07+01:00";
        entry.body = R"({"id":")" + id + R"(","type":"sale"})";
        journal.append(std::move(entry));
        if (erp) erp->wake();
    }
    void open(DestinationConfig made) {
        auto opened = Destination::make(
            std::move(made),
            {.loop = *loop,
             .clock = clock,
             .device = device,
             .random = random,
             .http = *http,
             .reader = journal,
             .writer = journal,
             .store_id = "0042",
             .publisher = [this](MqttBroker broker) { return make_mqtt_publisher(*loop, *http, std::move(broker)); }});
        ASSERT_TRUE(opened) << opened.error().message;
        erp = std::move(*opened);
        ASSERT_TRUE(erp->start());
    }
    bool delivers(std::uint64_t count) {
        return loop.until([&] { return erp->status().delivered == count; });
    }
    bool cause_is(const std::string& cause) {
        return loop.until([&] { return erp->status().cause == cause; });
    }

    SystemClock clock;
    DrivenLoop loop;
    fakes::FakeDevice device;
    fakes::SeededRandom random{7};
    std::unique_ptr<HttpClient> http = make_http_client(*loop);
    fakes::FakeJournal journal{*loop};
    std::unique_ptr<Destination> erp;
};

}  // namespace tillkeeper::sync
