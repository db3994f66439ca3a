#include "tests/sync/destination_world.h"
#include "tests/fakes/request_header.h"

#include <algorithm>

namespace tillkeeper::sync {
namespace {

using fakes::header_of;

constexpr std::string_view kId = "\"id\":\"";

}  // namespace

std::vector<std::string> DestinationWorld::ids_in(const std::string& body) {
    // Each of our test transactions carries "id" once more in its data, directly after the event's own.
    std::vector<std::string> ids;
    for (auto at = body.find(kId); at != std::string::npos; at = body.find(kId, at)) {
        at += kId.size();
        std::string id = body.substr(at, body.find('"', at) - at);
        if (ids.empty() || ids.back() != id) ids.push_back(std::move(id));
    }
    return ids;
}

std::optional<HttpResponse> DestinationWorld::serve(const HttpRequest& request) {
    ++attempts;
    if (cut) return fakes::http_failure(TransportFailure::kNoRoute);
    const auto from = request.url.find("//") + 2;
    const std::string name = request.url.substr(from, request.url.find('.', from) - from);
    Received got{.ids = ids_in(request.body),
                 .body = request.body,
                 .key = header_of(request, "idempotency-key"),
                 .authorization = header_of(request, "authorization")};
    if (fault)
        if (auto answer = fault(name, got)) return answer->status == -1 ? std::nullopt : std::move(answer);
    for (const auto& id : got.ids)
        if (seen[name].insert(id).second) effects[name].push_back(id);
    received[name].push_back(std::move(got));
    return fakes::http_answer(202);
}

storage::JournalNumber DestinationWorld::sell(const std::string& id, const std::string& till,
                                              const std::string& refers_to, const std::string& type) {
    storage::Entry entry;
    entry.till = till;
    entry.transaction_id = id;
    entry.type = type;
    entry.refers_to = refers_to;
    entry.occurred_at = "2026-11-20T10:42:07+01:00";
    entry.body = R"({"id":")" + id + R"(","type":")" + type + R"(","total":1530})";
    till_of[id] = till;
    return journal.append(std::move(entry));
}

void DestinationWorld::sell_many(int count, int tills, const std::string& prefix) {
    for (int i = 0; i < count; ++i) sell(prefix + std::to_string(i), "t" + std::to_string(i % tills));
}

DestinationConfig DestinationWorld::config(const std::string& name) const {
    DestinationConfig made;
    made.name = name;
    made.url = "https://" + name + ".example/transactions";
    made.gzip = false;
    return made;
}

Destination& DestinationWorld::open(DestinationConfig made) {
    configs.push_back(made);
    auto destination = Destination::make(std::move(made), parts());
    EXPECT_TRUE(destination) << destination.error().message;
    EXPECT_TRUE((*destination)->start());
    destinations.push_back(std::move(*destination));
    return *destinations.back();
}

void DestinationWorld::restart() {
    destinations.clear();
    journal.kill();
    for (auto& made : std::exchange(configs, {})) open(std::move(made));
}

void DestinationWorld::wake_all() {
    for (auto& destination : destinations) destination->wake();
}

std::set<std::string> DestinationWorld::delivered(const std::string& name) const {
    const auto found = seen.find(name);
    return found == seen.end() ? std::set<std::string>() : found->second;
}

void DestinationWorld::expect_order_per_till(const std::string& name) {
    std::map<std::string, storage::JournalNumber> last;
    for (const auto& id : effects[name]) {
        const auto number = journal.number_of(id)->value_or(0);
        EXPECT_GT(number, last[till_of[id]]) << id << " came after a later one of its till";
        last[till_of[id]] = number;
    }
}

}  // namespace tillkeeper::sync
