#include "agent/privacy/erasures.h"

#include <cjson/cJSON.h>

#include <algorithm>
#include <array>

#include "agent/contract/card_number.h"
#include "agent/contract/json_scan.h"
#include "agent/contract/problem.h"
#include "agent/contract/redaction.h"
#include "agent/local/control_answer.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kReasonBytesMax = 1000;
constexpr std::size_t kIdBytesMax = 256;

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;

std::string text_of(const cJSON* root, const char* name) {
    const auto* node = cJSON_GetObjectItemCaseSensitive(root, name);
    return cJSON_IsString(node) ? node->valuestring : "";
}

const char* const kStates[] = {"none", "running", "done", "failed"};

std::string number_member(const char* name, std::int64_t value) {
    return ",\"" + std::string(name) + "\":" + std::to_string(value);
}

}  // namespace

void Erasures::handle(const ServerRequest& request, HttpServer::Reply reply) {
    if (request.method == "POST") return reply(control_answer(begin(request.body)));
    reply(control_answer(to_json()));
}

Result<std::string> Erasures::begin(const std::string& body) {
    if (state_ == State::kRunning) return fail(ErrorCode::kUnavailable, "an erasure is running; try again later");
    if (!scan_json(body)) return fail(ErrorCode::kInvalid, "not a JSON document");
    const Document root(cJSON_ParseWithLength(body.data(), body.size()));
    const std::string member = text_of(root.get(), "member_id");
    storage::ErasureOrder order;
    order.who = text_of(root.get(), "who");
    order.why = text_of(root.get(), "why");
    if (member.empty() || member.size() > kIdBytesMax)
        return fail(ErrorCode::kInvalid, "\"member_id\" is required: 1 to 256 bytes");
    if (order.who.empty() || order.why.empty() || std::max(order.who.size(), order.why.size()) > kReasonBytesMax)
        return fail(ErrorCode::kInvalid, "\"who\" and \"why\" are required, at most 1000 bytes each");
    if (contains_card_number(order.who) || contains_card_number(order.why))
        return fail(ErrorCode::kInvalid,
                    "\"who\" and \"why\" stay in the journal: leave out what looks like a card number");
    if (order.who.find(member) != std::string::npos || order.why.find(member) != std::string::npos)
        return fail(ErrorCode::kInvalid,
                    "\"who\" and \"why\" stay in the journal: they must not contain the member's id");
    order.arrival = {parts_.clock.wall(), parts_.clock.monotonic(), parts_.device.boot_id(),
                     parts_.device.clock_trusted()};
    order.concerns = [member](std::string_view document) { return concerns_member(document, member); };
    order.names_somebody = names_a_member;
    order.plainly = [member](const storage::NewEntry& entry) {
        const std::array<const std::string*, 7> columns{&entry.receipt,    &entry.type,      &entry.transaction_id,
                                                        &entry.till,       &entry.refers_to, &entry.business_day,
                                                        &entry.occurred_at};
        return std::ranges::any_of(columns, [&](const auto* column) { return *column == member; });
    };
    order.redact = [keep = parts_.keep](std::string_view document) { return redact(document, keep); };
    const auto copies = parts_.erase_copies(member);
    if (!copies) return std::unexpected(copies.error());
    copies_ = *copies;
    state_ = State::kRunning;
    progress_ = {};
    parts_.upkeep.run(
        std::make_unique<storage::Erasure>(std::move(order)), parts_.loop,
        [this](storage::WorkProgress progress) { progress_ = progress; },
        [this](std::unique_ptr<storage::SlicedWork> work, Result<void> result) {
            finished(dynamic_cast<const storage::Erasure&>(*work), std::move(result));
        });
    return to_json();
}

void Erasures::finished(const storage::Erasure& erasure, Result<void> result) {
    erased_ = erasure.erased().size();
    damaged_ = erasure.damaged();
    plain_ = erasure.plain();
    if (result) result = count(erasure.erased());
    state_ = result ? State::kDone : State::kFailed;
    error_ = result ? "" : result.error().message;
}

// Which destinations have got them as they were, and which will get what is left.
Result<void> Erasures::count(const std::vector<storage::JournalNumber>& erased) {
    auto cursors = parts_.reader.cursors();
    if (!cursors) return std::unexpected(cursors.error());
    transactions_ = 0;
    std::vector<std::pair<std::int64_t, std::int64_t>> counts(cursors->size());
    for (const auto number : erased) {
        auto entry = parts_.reader.entry(number);
        if (!entry) return std::unexpected(entry.error());
        if (!*entry) continue;
        const auto kind = (*entry)->kind;
        if (kind == storage::EntryKind::kTransaction || kind == storage::EntryKind::kQuarantined) ++transactions_;
        if (kind != storage::EntryKind::kTransaction && kind != storage::EntryKind::kReleased) continue;
        auto held = parts_.reader.held(std::nullopt, number - 1, 64);
        if (!held) return std::unexpected(held.error());
        for (std::size_t i = 0; i < cursors->size(); ++i) {
            const auto& cursor = (*cursors)[i];
            const bool waits = std::ranges::any_of(*held, [&](const auto& item) {
                return item.number == number && item.destination == cursor.destination;
            });
            ++(cursor.number >= number && !waits ? counts[i].first : counts[i].second);
        }
    }
    destinations_.clear();
    for (std::size_t i = 0; i < cursors->size(); ++i)
        destinations_ += (i == 0 ? "" : ",") + quoted((*cursors)[i].destination) +
                         ":{\"sent\":" + std::to_string(counts[i].first) + number_member("to_send", counts[i].second) +
                         '}';
    return {};
}

std::string Erasures::to_json() const {
    std::string out = "{\"state\":" + quoted(kStates[static_cast<std::size_t>(state_)]);
    if (state_ == State::kRunning)
        return out + ",\"step\":" + quoted(progress_.step) + number_member("done", progress_.done) +
               number_member("total", progress_.total) + '}';
    if (state_ == State::kNone) return out + '}';
    return out + number_member("erased", static_cast<std::int64_t>(erased_)) +
           number_member("transactions", transactions_) + number_member("damaged", damaged_) +
           number_member("plain", plain_) + number_member("copies", copies_) +
           ",\"error\":" + (error_.empty() ? "null" : quoted(error_)) + ",\"destinations\":{" + destinations_ + "}}";
}

}  // namespace tillkeeper::agent
