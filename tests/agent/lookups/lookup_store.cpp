#include "tests/agent/lookups/lookup_store.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "agent/contract/transaction.h"
#include "sync/search_keys.h"
#include "tests/contract/message_file.h"

namespace tillkeeper::agent {
namespace {

// A test that cannot be set up fails.
void must(const Result<void>& result) {
    if (!result) throw std::runtime_error(result.error().message);
}

}  // namespace

storage::MirrorHit MemoryMirrorReader::hit(const std::string& collection, const storage::MirrorRow& row,
                                           storage::JournalNumber delivered) const {
    const auto fresher = put_at.find(row.key);
    return {.key = row.key,
            .body = row.body,
            .as_of = fresher == put_at.end() ? std::optional<WallTime>{} : fresher->second,
            .moved = mirrors_.moved(collection, row.key, delivered)};
}

Result<storage::MirrorAnswer> MemoryMirrorReader::look_up(const std::string& collection, const storage::SearchKey& by,
                                                          int limit) {
    const auto now = state(collection);
    if (!now) return std::unexpected(now.error());
    storage::MirrorAnswer answer{.state = *now, .hits = {}};
    for (const auto& [key, row] : mirrors_.visible(collection)) {
        const bool named = by.field.empty() ? key == by.value : std::ranges::any_of(row.search, [&](const auto& each) {
            return each.field == by.field && each.value == by.value;
        });
        if (named && std::ssize(answer.hits) < limit) answer.hits.push_back(hit(collection, row, now->delivered));
    }
    return answer;
}

std::vector<sync::SourceConfig> LookupStore::collections() {
    sync::SourceConfig members;
    members.collection = "members";
    members.record_key = "member_id";
    members.knows_deliveries_of = "crm";
    members.search = {
        {.field = "card", .member = "card", .normal = sync::Normal::kDigits},
        {.field = "phone", .member = "phone", .normal = sync::Normal::kPhone, .prefix_min = 4, .country = "49"}};
    members.live = sync::LiveConfig{.url = "https://crm.example/{key}", .query = "", .answer = ""};
    sync::SourceConfig prices;
    prices.collection = "prices";
    prices.search = {{.field = "sku", .member = "sku"}};
    prices.live = members.live;
    sync::SourceConfig stock;
    stock.collection = "stock";
    stock.knows_deliveries_of = "erp";
    sync::SourceConfig orders;
    orders.collection = "orders";
    return {members, prices, stock, orders};
}

LookupStore::LookupStore() {
    std::string pattern = std::filesystem::temp_directory_path().string() + "/lookups-XXXXXX";
    const char* made = mkdtemp(pattern.data());
    if (made == nullptr) throw std::runtime_error("no folder for a test");
    folder = made;
    storage::JournalOptions options;
    options.folder = folder;
    journal = std::move(storage::Journal::open(options).value());
    reader = std::move(storage::JournalReader::open(options).value());
    mqtt.connect();
    desk = std::make_unique<LookupDesk>(
        configs, LookupParts{mqtt, loop, clock, mirror_reader, *reader, destinations, cloud, keeper,
                             [this](const std::string& collection, LookupOutcome outcome, LookupSource source) {
                                 counted.push_back(collection + ' ' + std::string(to_string(outcome)) + ' ' +
                                                   std::string(to_string(source)));
                             }});
}

LookupStore::~LookupStore() {
    record();
    desk.reset();
    reader.reset();
    journal.reset();
    std::filesystem::remove_all(folder);
}

storage::MirrorRow LookupStore::row(const std::string& collection, const std::string& key, const std::string& body) {
    const auto configs = collections();
    const auto config = std::ranges::find(configs, collection, &sync::SourceConfig::collection);
    return {key, sync::search_keys(body, config->search), body};
}

void LookupStore::pull(const std::string& collection, const std::vector<storage::MirrorRow>& rows, Duration ago,
                       storage::JournalNumber delivered) {
    must(mirrors.begin(collection, {.full = true, .page = "", .started = clock.wall() - ago, .delivered = delivered}));
    must(mirrors.apply(collection, rows, ""));
    must(mirrors.finish(collection, "c", ""));
}

storage::JournalNumber LookupStore::sell(const std::string& type, const std::string& id, const std::string& more,
                                         std::vector<storage::Spend> spends) {
    const auto body = R"({"id":")" + id + R"(","type":")" + type + R"(","till_sequence":)" +
                      std::to_string(++sequence) + R"(,"occurred_at":"2026-11-20T10:42:07Z")" + more + '}';
    auto examined = examine_transaction("till-1", body);
    if (examined.refusal) throw std::runtime_error("refused: " + body);
    examined.entry.arrival = {clock.wall(), clock.monotonic(), device.boot_id(), true};
    // What the agent itself writes; from a till it would be quarantined.
    if (type.starts_with("redemption")) {
        examined.entry.kind = storage::EntryKind::kTransaction;
        examined.entry.problems.clear();
    }
    examined.entry.spends = std::move(spends);
    const std::vector entries{examined.entry};
    return journal->commit(entries, {}).value().front().number;
}

void LookupStore::say(const std::string& till, const std::string& collection, const std::string& request,
                      const std::string& response_topic, const std::string& correlation) {
    MqttMessage message{.topic = "tillkeeper/v1/tills/" + till + "/lookups/" + collection,
                        .payload = request,
                        .response_topic = response_topic,
                        .correlation_data = correlation};
    said.push_back(message);
    desk->receive(message);
}

// For tests/contract to judge.
void LookupStore::record() {
    const char* path = std::getenv("TILLKEEPER_MESSAGES");
    if (path == nullptr) return;
    auto file = contract::MessageFile::open(path);
    for (const auto* messages : {&said, &mqtt.published})
        for (const auto& message : *messages)
            if (file) static_cast<void>(file->add(message, folder));
}

std::string LookupStore::ask(const std::string& collection, const std::string& request) {
    const auto before = mqtt.published.size();
    say("till-1", collection, request);
    loop.run_until_idle();
    if (mqtt.published.size() != before + 1) return std::to_string(mqtt.published.size() - before) + " answers";
    return mqtt.published.back().payload;
}

}  // namespace tillkeeper::agent
