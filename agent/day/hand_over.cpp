#include "agent/day/hand_over.h"

#include <utility>
#include <vector>

#include "agent/contract/problem.h"
#include "agent/contract/transaction.h"
#include "agent/local/control_answer.h"
#include "agent/lookups/record_text.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

std::string answer(const char* outcome, storage::JournalNumber number) {
    return "{\"outcome\":\"" + std::string(outcome) + "\",\"number\":" + std::to_string(number) + '}';
}

std::string answer(const char* outcome, std::string_view problem) {
    return "{\"outcome\":\"" + std::string(outcome) + "\",\"problem\":" + quoted(problem) + '}';
}

const char* outcome_of(const storage::Receipt& receipt) {
    if (receipt.acceptance == storage::Acceptance::kDuplicate) return "duplicate";
    return receipt.acceptance == storage::Acceptance::kQuarantined ? "quarantined" : "accepted";
}

}  // namespace

void HandOver::told(Place place, std::string answer) {
    const auto batch = batches_.find(place.batch);
    batch->second.answers[place.entry] = std::move(answer);
    if (--batch->second.open > 0) return;
    std::string out = "{\"answers\":[";
    for (const auto& each : batch->second.answers) out += (out.back() == '[' ? "" : ",") + each;
    auto reply = std::move(batch->second.reply);
    batches_.erase(batch);
    reply(control_answer(out + "]}"));
}

void HandOver::handle(const ServerRequest& request, HttpServer::Reply reply) {
    const auto wrong = [&](const char* why) { reply(control_answer(fail(ErrorCode::kInvalid, why))); };
    if (request.method != "POST") return reply(control_answer(fail(ErrorCode::kNotFound, "no such path")));
    if (!sync::is_json(request.body)) return wrong("the request is no JSON");
    std::vector<std::string_view> entries;
    for (sync::JsonPieces pieces(sync::json_member(sync::trimmed(request.body), "entries")); pieces.next();)
        entries.push_back(pieces.value());
    if (entries.empty() || entries.size() > kHandedOverMax) return wrong("1 to 200 entries at a time");
    const auto number = ++last_batch_;
    batches_[number] = {std::vector<std::string>(entries.size()), entries.size(), std::move(reply)};
    for (std::size_t i = 0; i < entries.size(); ++i) take({number, i}, entries[i]);
}

void HandOver::take(Place place, std::string_view entry) {
    const auto till = text_member(entry, "till");
    if (!is_till_name(till)) return told(place, answer("refused", "it names no till"));
    auto examined = examine_transaction(till, text_member(entry, "body"));
    if (examined.refusal) return told(place, answer("refused", to_string(*examined.refusal)));
    if (sync::json_member(entry, "erased") == "true") {
        const auto there = parts_.reader.find(examined.entry.transaction_id, 1);
        if (!there) return told(place, answer("busy", there.error().message));
        if (!there->empty()) return told(place, answer("duplicate", there->front().number));
    }
    examined.entry.arrival = {parts_.clock.wall(), parts_.clock.monotonic(), parts_.device.boot_id(),
                              parts_.device.clock_trusted()};
    offer(place, std::move(examined.entry));
}

void HandOver::offer(Place place, storage::NewEntry entry) {
    const bool draws = !entry.spends.empty();
    auto offered = parts_.writer.offer(
        draws ? entry : std::move(entry), parts_.loop,
        [this, place, again = draws ? entry : storage::NewEntry{}](Result<storage::Receipt> receipt) mutable {
            if (!receipt) return told(place, answer("busy", receipt.error().message));
            if (receipt->acceptance == storage::Acceptance::kOverspent)
                return offer(place, std::move(collected_before(std::move(again)).entry));
            told(place, answer(outcome_of(*receipt), receipt->number));
        });
    if (!offered) told(place, answer("busy", offered.error().message));
}

}  // namespace tillkeeper::agent
