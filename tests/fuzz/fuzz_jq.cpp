// The mappings that we ship and hostile ones, on every transaction that may be stored: whatever comes out of them, a
// request is JSON and carries the transaction's id. [sync-4]
//
// Input: one byte chooses the mapping, the rest is what a till handed over.
#include <array>
#include <string>

#include "agent/contract/transaction.h"
#include "sync/request_builder.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fuzz/document.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/mappings.h"
#include "tests/fuzz/property.h"

using namespace tillkeeper;
using fuzz::require;

namespace {

const std::array kMappings = {
    std::string(fuzz::kErp),
    std::string(fuzz::kOms),
    std::string(fuzz::kCrm),
    std::string(),
    std::string(".transaction | .. | numbers"),
    std::string("[.transaction | tostring, (.. | strings)] | add"),
    std::string(".transaction | tojson | explode | implode | fromjson"),
    std::string(".transaction | [limit(2000; range(.till_sequence))] | map(tostring) | join(\"\\u0000\")"),
    std::string(".transaction as $t | reduce range(60) as $i (null; [.]) | [., $t.total / 0.1, infinite, nan]"),
};

struct Mapped {
    sync::DestinationConfig config;
    std::optional<sync::RequestBuilder> builder;
};

Mapped& mapped(std::size_t which) {
    static std::array<Mapped, kMappings.size()> all;
    Mapped& one = all[which];
    if (one.builder) return one;
    one.config.name = "fuzz";
    one.config.url = "https://erp.example/v1";
    one.config.mapping = kMappings[which];
    one.config.gzip = false;
    auto made = sync::RequestBuilder::make(one.config, "0042");
    require(made.has_value(), "the mappings compile");
    one.builder = std::move(*made);
    return one;
}

void check_request(const HttpRequest& request, const storage::Entry& entry) {
    require(fuzz::is_json(request.body), "a request is JSON");
    const fuzz::Document document(request.body);
    if (document.root() == nullptr) return;  // a text with U+0000
    const cJSON* event = document.at("/0");
    require(event != nullptr && document.at("/1") == nullptr, "one transaction is one event");
    const cJSON* id = document.at("/0/id");
    require(id != nullptr && cJSON_IsString(id) != 0 && entry.transaction_id == id->valuestring,
            "an event has the id of its transaction");
    require(document.at("/0/data") != nullptr, "an event has data");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::size_t which = input.below(kMappings.size());
    auto examined = agent::examine_transaction("till-1", std::string(input.rest()));
    if (examined.refusal || !fuzz::is_json(examined.entry.body)) return 0;  // half characters are quarantined
    storage::Entry entry;
    static_cast<storage::NewEntry&>(entry) = std::move(examined.entry);
    entry.number = 7;
    entry.arrival.arrived_at = fakes::FakeClock::kStart;
    const std::vector<storage::Entry> batch{std::move(entry)};
    require(fuzz::is_json(sync::RequestBuilder::mapping_input(batch[0], sync::sale_time(batch[0], {}), "0042")),
            "what a mapping gets is JSON");

    fakes::SeededRandom random(1);
    Mapped& one = mapped(which);
    const auto faults = one.builder->map(batch);
    for (const auto& [place, reason] : faults)
        require(place == 0 && !reason.empty(), "what cannot be mapped has a reason");
    if (!faults.empty()) return 0;
    const auto request = one.builder->build(batch, random);
    require(request.has_value(), "what can be mapped can be sent");
    check_request(*request, batch[0]);
    return 0;
}
