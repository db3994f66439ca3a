// What a destination says to a batch, and that the lane loses nothing over it. [sync-4] [sync-5] [sync-6] [sync-16]
//
// Input: one byte status, one byte switches, one line Retry-After and RateLimit fields, the rest is the body.
#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "sync/item_answers.h"
#include "sync/lane.h"
#include "sync/pace.h"
#include "sync/quota.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/seeded_random.h"
#include "tests/fuzz/document.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"

using namespace tillkeeper;
using fuzz::require;
using sync::AnswerKind;

namespace {

constexpr std::array kStatuses = {200, 201, 202, 204, 207, 299, 300, 302, 304, 400, 401, 403, 404, 405, 408, 409, 410,
                                  413, 415, 422, 425, 429, 451, 499, 500, 502, 503, 504, 511, 599, 0,   100, 999, -1};
constexpr std::array kIds = {"a-1", "a-2", "a-3"};
const std::string kProgram =
    "{items: [.body.results[]? | {id: .key, outcome: .status, reason: (.msg // \"\" | tostring)}]}";

std::vector<storage::Entry> batch_of() {
    std::vector<storage::Entry> batch;
    for (const char* id : kIds) {
        storage::Entry entry;
        entry.number = static_cast<std::int64_t>(batch.size()) + 1;
        entry.transaction_id = id;
        entry.till = batch.size() == 1 ? "t2" : "t1";
        entry.body = "{}";
        batch.push_back(std::move(entry));
    }
    return batch;
}

bool is_plain(std::string_view words) {
    return words.size() <= 400 && std::ranges::none_of(words, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

void check_answer(const sync::BatchAnswer& read, const HttpResponse& response, bool proof_needed) {
    const bool success = response.failure == TransportFailure::kNone && response.status >= 200 && response.status < 300;
    require(success || read.answer.kind != AnswerKind::kDelivered, "only a 2xx delivers");
    require(is_plain(read.answer.reason), "a reason is short and plain");
    const auto& wait = read.answer.retry_after;
    require(!wait || (*wait >= Duration::zero() && *wait <= sync::kRetryAfterMax), "Retry-After is within its limit");
    require(read.items.empty() || read.items.size() == kIds.size(), "one answer for each of the batch, or none");
    const bool all = read.items.empty() && read.answer.kind == AnswerKind::kDelivered;
    require(!all || !proof_needed, "where proof is needed, nothing is delivered that is not named");
    for (const auto& item : read.items) {
        require(is_plain(item.reason), "a reason is short and plain");
        require(item.kind != AnswerKind::kUnauthorised, "one of a batch is never unauthorised");
        require(item.kind != AnswerKind::kRejected || !item.reason.empty(), "what is held has a reason");
    }
}

// Delivered one by one only what the document names so, by its id.
void check_names(const sync::BatchAnswer& read, const HttpResponse& response) {
    std::set<std::string> named;
    const fuzz::Document document(response.body);
    const cJSON* items = cJSON_GetObjectItemCaseSensitive(document.root(), "items");
    const cJSON* item = nullptr;
    cJSON_ArrayForEach(item, items) {
        const cJSON* id = cJSON_GetObjectItemCaseSensitive(item, "id");
        if (cJSON_IsString(id) != 0) named.insert(id->valuestring);
    }
    for (std::size_t i = 0; i < read.items.size(); ++i)
        require(read.items[i].kind != AnswerKind::kDelivered || named.contains(kIds[i]),
                "delivered is only what is named");
}

// What a service says of its quota holds a destination up, but not for ever.
void check_pace(const HttpResponse& response) {
    const auto quota = sync::read_quota(response.headers);
    for (const Duration wait : {quota.pause, quota.gap, quota.holds})
        require(wait >= Duration::zero() && wait <= sync::kRetryAfterMax, "a quota's waits are within their limit");
    require(!quota.left || (*quota.left >= 0 && *quota.left <= 1), "what is left is a share");
    const auto now = fakes::FakeClock().monotonic();
    fakes::SeededRandom random(1);
    sync::Pace pace({});
    pace.sent(1, now, random);
    pace.heard(quota, now, random);
    pace.taken(now, random);
    require(pace.next() >= now + quota.pause, "nothing leaves before a quota is whole again");
    require(pace.next() <= now + std::max(2 * quota.pause + std::chrono::seconds(1), quota.holds),
            "a quota holds nothing up for ever");
}

void check_lane(const sync::BatchAnswer& read) {
    const fakes::FakeClock clock;
    fakes::SeededRandom random(1);
    sync::Lane lane({});
    sync::Evidence evidence;
    std::vector<sync::Settled> settled;
    for (auto& entry : batch_of()) lane.add(std::move(entry));
    const auto taken = lane.take(clock.monotonic(), [](const auto&) { return sync::Clearance{}; }, settled).size();
    require(taken == kIds.size(), "a lane takes what it has");
    lane.finish(read.answer, read.items, clock.monotonic(), random, evidence, settled);
    require(!lane.busy(), "an answer ends a flight");
    require(settled.size() + lane.items() == kIds.size(), "an answer settles or keeps, it loses nothing");
    for (const auto& one : settled)
        require(one.kind != sync::Settled::Kind::kHeld || !one.reason.empty(), "what is held has a reason");
    if (read.answer.kind == AnswerKind::kAgain || read.answer.kind == AnswerKind::kUnauthorised)
        require(settled.empty(), "`again` and 401 settle nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static auto program = sync::JqProgram::compile(kProgram, "answer");
    fuzz::Input input(data, size);
    HttpResponse response;
    response.status = kStatuses[input.below(kStatuses.size())];
    const auto switches = input.byte();
    const std::string said(input.line());
    response.headers = {{"retry-after", said}, {"content-type", "application/json"}};
    for (const char* name :
         {"ratelimit", "ratelimit-policy", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"})
        response.headers.emplace_back(name, said);
    response.body = input.rest();
    if ((switches & 0xF0U) == 0xF0U) response.failure = static_cast<TransportFailure>(1 + switches % 7);
    const bool proof = (switches & 1U) != 0;
    const bool mapped = (switches & 2U) != 0;
    const auto batch = batch_of();
    const auto now = fakes::FakeClock::kStart;
    const auto read = sync::read_answer(response, batch, proof, mapped ? &*program : nullptr, now);
    check_answer(read, response, proof || response.status == 207);
    if (!mapped && (proof || response.status == 207)) check_names(read, response);
    check_lane(read);
    check_pace(response);
    return 0;
}
