#include "tests/contract/limits.h"

#include <functional>

#include "agent/bus/topics.h"
#include "agent/contract/transaction.h"
#include "agent/lookups/request.h"
#include "tests/agent/lookups/lookup_store.h"
#include "tests/contract/desk.h"

namespace tillkeeper::contract {
namespace {

constexpr std::int64_t kFar = std::int64_t{1} << 20;

// `holds` is true up to some number, and false beyond it.
std::int64_t largest(std::int64_t beyond, const std::function<bool(std::int64_t)>& holds) {
    std::int64_t good = 0;
    while (beyond - good > 1) {
        const auto middle = good + (beyond - good) / 2;
        (holds(middle) ? good : beyond) = middle;
    }
    return good;
}

std::string many(std::int64_t count, std::string_view what) {
    std::string out;
    for (std::int64_t i = 0; i < count; ++i) out += what;
    return out;
}

std::string sale(const std::string& member) {
    return R"({"id":"a","type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z")" + member + '}';
}

agent::Examined examine(const std::string& payload) {
    return agent::examine_transaction("till-1", payload);
}
bool orderly(const std::string& payload) {
    const auto examined = examine(payload);
    return !examined.refusal && examined.problems.empty();
}
bool readable(const std::string& payload) {
    return examine(payload).refusal != agent::Refusal::kMalformed;
}

std::int64_t bytes_max() {
    return largest(kFar, [](std::int64_t n) {
        auto payload = sale("");
        if (n < static_cast<std::int64_t>(payload.size())) return true;
        payload.resize(static_cast<std::size_t>(n), ' ');
        return orderly(payload);
    });
}

std::int64_t values_max() {
    const std::int64_t others = 6;  // the document, its four members, and the array
    return others +
           largest(kFar / 8, [](std::int64_t n) { return readable(sale(R"(,"x":[0)" + many(n - 1, ",0") + "]")); });
}

std::int64_t members_max() {
    const auto object = [](std::int64_t n) {
        std::string out;
        for (std::int64_t i = 0; i < n; ++i) out += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
        return sale(R"(,"x":{)" + out + '}');
    };
    return largest(10'000, [&](std::int64_t n) { return readable(object(n)); });
}

std::int64_t correlation_max() {
    return largest(1 << 16, [](std::int64_t n) {
        Desk desk;
        return desk.hand_over({.payload = sale(""), .correlation_data = many(n, "c")}).payload.contains("accepted");
    });
}

std::string lookup(const std::string& key) {
    return R"({"request_id":"r","key":")" + key + "\"}";
}

// Asked at once, without a turn of the loop in which one could be answered.
std::int64_t lookups_max() {
    agent::LookupStore store;
    for (int i = 0; i < 1000; ++i) store.say("till-1", "transactions", lookup("k"));
    return 1000 - std::ssize(store.mqtt.published);
}

}  // namespace

std::vector<std::pair<std::string, std::int64_t>> limits_of_the_agent() {
    const auto text = [](std::int64_t n) { return many(n, "a"); };
    const auto with_id = [&](std::int64_t n) {
        return R"({"id":")" + text(n) + R"(","type":"sale","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z"})";
    };
    const auto with_type = [&](std::int64_t n) {
        return R"({"id":"a","type":")" + text(n) + R"(","till_sequence":1,"occurred_at":"2026-11-20T10:42:07Z"})";
    };
    return {
        {"transaction_bytes_max", bytes_max()},
        {"till_name_characters_max", largest(kFar, [&](auto n) { return n == 0 || agent::is_till_name(text(n)); })},
        {"id_characters_max", largest(kFar / 8, [&](auto n) { return n == 0 || orderly(with_id(n)); })},
        {"type_bytes_max", largest(kFar / 8, [&](auto n) { return n == 0 || orderly(with_type(n)); })},
        {"receipt_bytes_max",
         largest(kFar / 8, [&](auto n) { return orderly(sale(R"(,"receipt":")" + text(n) + '"')); })},
        {"echoed_id_bytes_max", largest(kFar / 8, [&](auto n) { return examine(with_id(n)).id.has_value(); })},
        {"depth_max",
         1 + largest(1000, [](auto n) { return readable(sale(R"(,"x":)" + many(n, "[") + '0' + many(n, "]"))); })},
        {"values_max", values_max()},
        {"members_per_object_max", members_max()},
        {"integer_max",
         largest(std::int64_t{1} << 60, [](auto n) { return orderly(sale(R"(,"total":)" + std::to_string(n))); })},
        {"response_topic_bytes_max",
         largest(10'000,
                 [&](auto n) { return n < 50 || agent::is_own_topic("t", "tillkeeper/v1/tills/t/" + text(n - 22)); })},
        {"correlation_data_bytes_max", correlation_max()},
        {"lookup_bytes_max", largest(kFar / 8,
                                     [](auto n) {
                                         auto payload = lookup("k");
                                         if (n < static_cast<std::int64_t>(payload.size())) return true;
                                         payload.resize(static_cast<std::size_t>(n), ' ');
                                         return !agent::read_lookup(payload).refusal;
                                     })},
        {"lookup_text_bytes_max",
         largest(kFar / 8, [&](auto n) { return n == 0 || !agent::read_lookup(lookup(text(n))).refusal; })},
        {"lookups_unanswered_max", lookups_max()},
    };
}

}  // namespace tillkeeper::contract
