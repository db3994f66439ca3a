// What a till asks for, and records as texts: any bytes. [agent-15] [agent-10]
#include <string>
#include <vector>

#include "agent/contract/card_number.h"
#include "agent/lookups/answer.h"
#include "agent/lookups/deferred_request.h"
#include "agent/lookups/prices.h"
#include "agent/lookups/receipts.h"
#include "agent/lookups/record_text.h"
#include "sync/json_slices.h"
#include "tests/fuzz/document.h"
#include "tests/fuzz/property.h"

using namespace tillkeeper;
using fuzz::require;
using fuzz::require_same;

namespace {

void check_refused(const agent::LookupReading& reading) {
    require(reading.problem.has_value(), "a refusal says why");
    const auto answer = agent::lookup_refused_answer(reading.request_id, "members", *reading.refusal, *reading.problem);
    require(fuzz::is_json(answer), "a refusal is JSON");
    require(!fuzz::has_card_number(answer), "no refusal repeats a card number");
}

void check_understood(const agent::LookupReading& reading, const std::string& payload) {
    const auto& request = reading.request;
    const auto is_short = [](const std::string& text) {
        return !text.empty() && text.size() <= agent::kLookupTextBytesMax;
    };
    require(is_short(request.request_id) && is_short(request.text), "what is asked for is there, and short");
    require(!fuzz::has_card_number(payload), "no card number is looked up");
    const auto answer = agent::lookup_answer(request.request_id, "members", {}, true);
    const fuzz::Document document(answer);
    require(document.text("request_id") == request.request_id, "an answer names the request as the till did");

    agent::ReturnAddress to{.topic = "tillkeeper/v1/tills/t/x", .correlation_data = payload.substr(0, 64)};
    const auto kept = agent::parse_deferred(agent::to_text({payload, to}));
    require(kept.has_value(), "what is kept can be read");
    require_same(kept->to.correlation_data, to.correlation_data, "Correlation Data is kept");
    const auto again = agent::read_lookup(kept->payload);
    require(!again.refusal, "what is kept is understood as before");
    require_same(again.request.text, request.text, "what is kept asks for the same");
    require_same(again.request.field, request.field, "what is kept asks by the same");
}

void check_record(const std::string& text) {
    if (!sync::is_json(text) || !sync::trimmed(text).starts_with('{')) return;
    const std::string record(sync::trimmed(text));
    const auto changed = agent::with_member(record, "quantity", "7.5");
    require(sync::is_json(changed), "a changed record is JSON");
    require_same(sync::json_member(changed, "quantity"), "7.5", "a changed record says so");
    require_same(agent::with_member(changed, "quantity", "7.5"), changed, "changed once or twice is the same");
    const std::vector<std::string> records{record, record};
    require(sync::is_json(agent::with_returned(record, records, true)), "a receipt with what came back is JSON");
    const auto chosen = agent::choose_price(records, {"EUR", "staff", WallTime{}});
    require(!chosen || *chosen == 1, "of two prices that are alike the later one holds");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string payload(reinterpret_cast<const char*>(data), size);
    const auto reading = agent::read_lookup(payload);
    if (reading.refusal)
        check_refused(reading);
    else
        check_understood(reading, payload);
    check_record(payload);
    if (const auto amount = agent::thousandths(payload))
        require(agent::thousandths(agent::from_thousandths(*amount)) == amount, "a quantity is written as it was");
    static_cast<void>(agent::parse_deferred(payload));
    return 0;
}
