#include "tests/contract/lookup_samples.h"

#include <string>
#include <utility>

#include "tests/agent/lookups/lookup_store.h"

namespace tillkeeper::contract {
namespace {

using agent::LookupStore;

std::string by_key(const std::string& id, const std::string& key) {
    return R"({"request_id":")" + id + R"(","key":")" + key + "\"}";
}
std::string by(const std::string& id, const std::string& field) {
    return R"({"request_id":")" + id + R"(","by":)" + field + '}';
}

void found(LookupStore& store) {
    const auto members = {LookupStore::row("members", "17850", R"({"phone":"0170 1234567","points":1240})"),
                          LookupStore::row("members", "17851", R"({"phone":"0170 1234567","points":0})")};
    store.pull("members", members, std::chrono::hours(30));
    store.pull("orders", {{.key = "o-1", .body = R"({"order_id":"o-1"})"}});
    store.sell("sale", "s-1", R"(,"receipt":"R-1","lines":[{"sku":"A","quantity":2,"amount":20}])");
    store.ask("members", by_key("r-1", "17850"));
    store.ask("members", by("r-2", R"({"phone":"+49 170 1234567"})"));
    store.ask("members", by("r-3", R"({"phone":"0170*"})"));
    store.ask("orders", by_key("r-4", "o-1"));
    store.ask("orders", by_key("r-5", "o-2"));
    store.ask("transactions", by("r-6", R"({"receipt":"R-1"})"));
    store.ask("members", by_key("r-7", "1"));  // a stale copy does not know
}

void asked_live(LookupStore& store) {
    store.cloud.there = true;
    for (const bool there : {true, false}) {
        store.say("till-1", "members", by_key(there ? "r-8" : "r-9", "17850"));
        store.loop.run_until_idle();
        using Outcome = sync::LiveAnswer::Outcome;
        store.cloud.answer({.outcome = there ? Outcome::kFound : Outcome::kNotFound, .key = "17850", .body = "{}"});
    }
    store.cloud.there = false;
}

void refused(LookupStore& store) {
    store.ask("members", "hello");
    store.ask("members", "[]");
    store.ask("members", R"({"request_id":"r-10"})");
    store.ask("members", std::string(5000, ' '));
    store.ask("members", by("r-11", R"({"card":"4111 1111 1111 1111"})"));
    store.say("till-1", "members", by_key("r-12", "1"), "tillkeeper/v1/tills/till-2/replies", "c-12");
    store.ask("colours", by_key("r-13", "1"));
    store.ask("members", by("r-14", R"({"colour":"red"})"));
    store.keeper.refuses = ErrorCode::kLimit;
    store.ask("members", by_key("r-15", "1"));
    store.keeper.refuses = ErrorCode::kStorageFull;
    store.ask("members", by_key("r-16", "1"));
}

}  // namespace

std::vector<MqttMessage> lookup_samples() {
    LookupStore store;
    found(store);
    asked_live(store);
    refused(store);
    store.loop.run_until_idle();
    auto messages = std::move(store.said);
    messages.insert(messages.end(), store.mqtt.published.begin(), store.mqtt.published.end());
    return messages;
}

}  // namespace tillkeeper::contract
