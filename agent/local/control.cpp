#include "agent/local/control.h"

#include <cjson/cJSON.h>

#include <charconv>
#include <optional>
#include <utility>

#include "agent/contract/card_number.h"
#include "agent/contract/json_scan.h"
#include "agent/contract/transaction.h"
#include "agent/local/control_answer.h"
#include "agent/local/journal_queries.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kReasonBytesMax = 1000;

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;
using CText = std::unique_ptr<char, decltype([](char* text) { cJSON_free(text); })>;

std::optional<storage::JournalNumber> number_in(std::string_view text) {
    storage::JournalNumber number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

std::string query(const ServerRequest& request, const char* key) {
    const auto found = request.query.find(key);
    return found == request.query.end() ? "" : found->second;
}

std::string text_of(const cJSON* root, const char* name) {
    const auto* node = cJSON_GetObjectItemCaseSensitive(root, name);
    return cJSON_IsString(node) ? node->valuestring : "";
}

// /queue/{number}/{verb}
Result<storage::Decision> parse_target(std::string_view path) {
    using Kind = storage::Decision::Kind;
    path.remove_prefix(std::string_view("/queue/").size());
    const auto slash = path.find('/');
    const auto number = number_in(path.substr(0, slash));
    const auto verb = slash == std::string_view::npos ? "" : path.substr(slash + 1);
    if (!number || (verb != "retry" && verb != "repair" && verb != "skip"))
        return fail(ErrorCode::kNotFound, "no such path; POST /queue/{number}/retry, repair or skip");
    storage::Decision decision;
    decision.number = *number;
    decision.kind = verb == "retry" ? Kind::kRetry : verb == "repair" ? Kind::kRepair : Kind::kSkip;
    return decision;
}

Result<storage::Entry> entry_of(storage::JournalReader& reader, storage::JournalNumber number) {
    auto entry = reader.entry(number);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) return fail(ErrorCode::kNotFound, "no entry has the number " + std::to_string(number));
    return std::move(**entry);
}

// A repair replaces the whole transaction by one that could have been accepted. Only a quarantined one may change its
// id: destinations have not seen it yet.
Result<storage::NewEntry> repaired(const cJSON* root, const storage::Entry& original, bool quarantined) {
    const CText printed(cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(root, "transaction")));
    if (!printed) return fail(ErrorCode::kInvalid, "\"transaction\" is missing: the whole repaired transaction");
    auto examined = examine_transaction(original.till, printed.get());
    if (!examined.problems.empty())
        return fail(ErrorCode::kInvalid,
                    "the repaired transaction is not in order: " + examined.problems.front().detail + " (" +
                        examined.problems.front().pointer + ")");
    if (!quarantined && examined.entry.transaction_id != original.transaction_id)
        return fail(ErrorCode::kInvalid, "the id must stay " + original.transaction_id);
    return std::move(examined.entry);
}

}  // namespace

void Control::handle(ServerRequest request, HttpServer::Reply reply) {
    if (request.method == "GET") return get(request, std::move(reply));
    if (request.method == "POST" && request.path == "/retry") {
        parts_.retry();
        return reply(control_answer("{}"));
    }
    if (request.method == "POST" && request.path.starts_with("/queue/")) return decide(request, std::move(reply));
    reply(control_answer(fail(ErrorCode::kNotFound, "no such path")));
}

void Control::get(const ServerRequest& request, HttpServer::Reply reply) {
    static constexpr std::string_view kEntries = "/entries/";
    const auto after = number_in(query(request, "after")).value_or(0);
    if (request.path == "/status") return reply(control_answer(parts_.status()));
    if (request.path == "/tills") return parts_.tills(std::move(reply));
    if (request.path == "/queue") {
        std::optional<std::string> destination;
        if (request.query.contains("destination")) destination = query(request, "destination");
        return reply(control_answer(queue_json(parts_.reader, destination, after)));
    }
    if (request.path == "/differences") return reply(control_answer(differences_json(parts_.reader, after)));
    if (request.path == "/find") return reply(control_answer(find_json(parts_.reader, query(request, "text"))));
    if (request.path == "/verify") return verify(std::move(reply));
    if (request.path.starts_with(kEntries)) {
        const auto number = number_in(std::string_view(request.path).substr(kEntries.size()));
        if (number) return reply(control_answer(entry_json(parts_.reader, *number)));
    }
    reply(control_answer(fail(ErrorCode::kNotFound, "no such path")));
}

void Control::verify(HttpServer::Reply reply) {
    if (walk_)
        return reply(control_answer(fail(ErrorCode::kUnavailable, "somebody is verifying already; try again later")));
    auto walk = parts_.reader.walk_chain();
    if (!walk) return reply(control_answer(std::unexpected(walk.error())));
    walk_ = std::move(*walk);
    verified_ = std::move(reply);
    verify_on();
}

// A slice at a time: deliveries go on in between.
void Control::verify_on() {
    const auto more = walk_->step();
    if (more && *more) return parts_.loop.post([this] { verify_on(); });
    const auto finished = std::exchange(walk_, nullptr);
    verified_(control_answer(more ? Result<std::string>(to_json(finished->report())) : std::unexpected(more.error())));
}

void Control::decide(const ServerRequest& request, HttpServer::Reply reply) {
    auto decision = parse_target(request.path);
    if (!decision) return reply(control_answer(std::unexpected(decision.error())));
    if (auto scanned = scan_json(request.body); !scanned)
        return reply(control_answer(std::unexpected(scanned.error())));
    const Document root(cJSON_ParseWithLength(request.body.data(), request.body.size()));
    decision->destination = text_of(root.get(), "destination");
    decision->who = text_of(root.get(), "who");
    decision->why = text_of(root.get(), "why");
    if (decision->who.empty() || decision->who.size() > kReasonBytesMax || decision->why.size() > kReasonBytesMax)
        return reply(control_answer(
            fail(ErrorCode::kInvalid, "\"who\" is required; at most 1000 bytes each of \"who\" and \"why\"")));
    if (contains_card_number(decision->who) || contains_card_number(decision->why))
        return reply(control_answer(fail(
            ErrorCode::kInvalid, "\"who\" and \"why\" stay in the journal: leave out what looks like a card number")));
    if (decision->kind == storage::Decision::Kind::kRepair) {
        auto original = entry_of(parts_.reader, decision->number);
        if (!original) return reply(control_answer(std::unexpected(original.error())));
        const bool quarantined = decision->destination.empty();
        auto members = repaired(root.get(), *original, quarantined);
        if (!members) return reply(control_answer(std::unexpected(members.error())));
        decision->body = members->body;
        if (quarantined) decision->members = std::move(*members);
    }
    decision->arrival = {parts_.clock.wall(), parts_.clock.monotonic(), parts_.device.boot_id(),
                         parts_.device.clock_trusted()};
    parts_.writer.decide(std::move(*decision), parts_.loop,
                         [this, reply = std::move(reply)](Result<storage::JournalNumber> done) mutable {
                             if (!done) return reply(control_answer(std::unexpected(done.error())));
                             parts_.decided();
                             reply(control_answer("{\"recorded_as\":" + std::to_string(*done) + '}'));
                         });
}

}  // namespace tillkeeper::agent
