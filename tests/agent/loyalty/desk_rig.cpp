#include "tests/agent/loyalty/desk_rig.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/contract/message_file.h"

namespace tillkeeper::agent::loyalty_test {

Result<storage::MirrorState> CopyInMemory::state(const std::string&) {
    return storage::MirrorState{};
}

Result<storage::MirrorAnswer> CopyInMemory::look_up(const std::string& collection, const storage::SearchKey& by,
                                                    int limit) {
    storage::MirrorAnswer answer;
    auto& hits = answer.hits;
    if (by.field.empty()) {
        if (const auto place = records.find({collection, by.value}); place != records.end())
            hits.push_back({.key = by.value, .body = place->second, .moved = moves[by.value]});
        return answer;
    }
    for (const auto& record : leases_by[{by.field, by.value}])
        if (std::cmp_less(hits.size(), limit)) hits.push_back({std::to_string(hits.size()), record});
    return answer;
}

Result<std::int64_t> CopyInMemory::moved(const std::string&, const std::string& key, storage::JournalNumber) {
    return moves[key];
}

Result<void> WritingAtOnce::offer(storage::NewEntry entry, EventLoop& reply_on, Accepted done) {
    if (failing) {
        reply_on.post([done = std::move(done), code = *failing]() mutable { done(fail(code, "the test says so")); });
        return {};
    }
    auto receipts = journal_.commit({&entry, 1}, {});
    EXPECT_TRUE(receipts) << receipts.error().message;
    if (!lose_answers)
        reply_on.post([done = std::move(done), receipt = receipts->front()]() mutable { done(receipt); });
    return {};
}

DeskRig::DeskRig() : journal(storage::opened(folder.options())) {
    const std::vector<std::string> names{"crm"};
    EXPECT_TRUE(journal->register_destinations(names));
    writer = std::make_unique<WritingAtOnce>(*journal);
    mqtt.on({.connected = {}, .disconnected = {}, .message = [this](MqttMessage m) { desk->receive(std::move(m)); }});
    mqtt.connect();
    copy.records[{"lease_keys", "2026"}] = signer.jwk();
    restart();
}

DeskRig::~DeskRig() {
    const char* path = std::getenv("TILLKEEPER_MESSAGES");
    if (path == nullptr) return;
    forget_published();
    auto file = contract::MessageFile::open(path);
    for (const auto* messages : {&said, &heard})
        for (const auto& message : *messages)
            if (file) static_cast<void>(file->add(message, folder.path()));
}

void DeskRig::forget_published() {
    heard.insert(heard.end(), mqtt.published.begin(), mqtt.published.end());
    mqtt.published.clear();
}

void DeskRig::restart() {
    loop.run_until_idle();
    reader = storage::reading(folder.options());
    books = std::make_unique<LoyaltyBooks>(
        *reader, &copy, clock, device,
        LoyaltyNames{.store = "0042", .destination = "crm", .issuer = "https://crm", .secret = "of this store"});
    desk = std::make_unique<RedemptionDesk>(
        RedemptionParts{mqtt, *writer, loop, clock, device, *books, &engine, allowance});
}

std::string DeskRig::ask(const std::string& till, const std::string& member, std::int64_t points,
                         const std::string& transaction, const std::string& request_id) {
    forget_published();
    send(till, R"({"request_id":")" + request_id + R"(","member_id":")" + member + R"(","points":)" +
                   std::to_string(points) + R"(,"transaction_id":")" + transaction + R"("})");
    loop.run_until_idle();
    return mqtt.published.empty() ? "" : mqtt.published.back().payload;
}

void DeskRig::send(const std::string& till, const std::string& payload, const std::string& response_topic) {
    MqttMessage message;
    message.topic = "tillkeeper/v1/tills/" + till + "/redemptions";
    message.payload = payload;
    message.response_topic = response_topic;
    said.push_back(message);
    mqtt.deliver(std::move(message));
}

void DeskRig::member(const std::string& id, std::int64_t points, const std::string& more) {
    copy.records[{"members", id}] = R"({"member_id":")" + id + R"(","points":)" + std::to_string(points) + more + '}';
}

void DeskRig::lease(const std::string& id, const std::string& member, std::int64_t amount, std::chrono::seconds lives,
                    const std::string& owner) {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock.wall()).time_since_epoch().count();
    const auto jws =
        signer.signed_lease(R"({"iss":"https://crm","aud":"0042","jti":")" + id + R"(",")" + owner + R"(":")" + member +
                            R"(","amount":)" + std::to_string(amount) + R"(,"iat":)" + std::to_string(now) +
                            R"(,"exp":)" + std::to_string(now + lives.count()) + '}');
    copy.leases_by[{owner == "sub" ? "member_id" : "pool", member}].push_back(R"({"jti":")" + id + R"(","jws":")" +
                                                                              jws + R"("})");
}

std::vector<storage::Entry> DeskRig::entries(const std::string& type) {
    std::vector<storage::Entry> found;
    auto all = reader->read_after(0, {.entries_max = 10'000, .bytes_max = 1U << 24}).value();
    for (auto& entry : all)
        if (entry.type == type) found.push_back(std::move(entry));
    return found;
}

void DeskRig::deliver_all() {
    const storage::Progress progress{
        .destination = "crm", .hold = {}, .delivered = {}, .cursor = reader->bounds()->last};
    storage::report(*journal, progress);
}

std::int64_t DeskRig::spent_by_entries() {
    std::int64_t sum = 0;
    for (const auto& entry : entries("redemption")) sum += read_redemption(entry.body)->points;
    return sum;
}

}  // namespace tillkeeper::agent::loyalty_test
