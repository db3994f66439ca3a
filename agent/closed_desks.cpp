#include "agent/closed_desks.h"

#include <string>
#include <utility>

#include "agent/bus/return_address.h"
#include "agent/bus/topics.h"
#include "agent/contract/transaction.h"
#include "agent/lookups/answer.h"
#include "agent/loyalty/redemption_message.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kRetry = std::chrono::seconds(5);
constexpr std::string_view kLookups = "lookups/";

Problem not_now() {
    return {"busy", "Not now", "The disk does not let it be answered. Nothing was done; ask again later.", ""};
}

}  // namespace

MqttMessage closed_answer(MqttMessage message) {
    const auto topic = parse_till_topic(message.topic);
    if (!is_till_name(topic.till)) return {};
    if (topic.rest == "redemptions") {
        const auto id = examine_redemption(message.payload).request_id;
        return addressed(return_address(topic.till, message),
                         refused_redemption(id, Refusal::kBusy, {not_now()}, kRetry));
    }
    if (!topic.rest.starts_with(kLookups)) return {};
    const auto id = read_lookup(message.payload).request_id;
    return addressed(
        return_address(topic.till, message),
        lookup_refused_answer(id, topic.rest.substr(kLookups.size()), LookupRefusal::kBusy, not_now(), kRetry));
}

}  // namespace tillkeeper::agent
