#include "agent/local/control.h"

#include <cjson/cJSON.h>

#include <charconv>
#include <optional>
#include <utility>

#include "agent/contract/json_scan.h"
#include "agent/local/control_answer.h"
#include "agent/local/journal_queries.h"
#include "agent/local/status_answer.h"

namespace tillkeeper::agent {
namespace {

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
Result<DecisionWish> parse_target(std::string_view path) {
    using Kind = storage::Decision::Kind;
    path.remove_prefix(std::string_view("/queue/").size());
    const auto slash = path.find('/');
    const auto number = number_in(path.substr(0, slash));
    const auto verb = slash == std::string_view::npos ? "" : path.substr(slash + 1);
    if (!number || (verb != "retry" && verb != "repair" && verb != "skip"))
        return fail(ErrorCode::kNotFound, "no such path; POST /queue/{number}/retry, repair or skip");
    DecisionWish wish;
    wish.number = *number;
    wish.kind = verb == "retry" ? Kind::kRetry : verb == "repair" ? Kind::kRepair : Kind::kSkip;
    return wish;
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
    if (request.path == "/status") return reply(control_answer(status_answer(parts_.status(), parts_.clock.wall())));
    if (request.path == "/tills") return parts_.tills(std::move(reply));
    if (request.path == "/queue") {
        std::optional<std::string> destination;
        if (request.query.contains("destination")) destination = query(request, "destination");
        return reply(control_answer(queue_json(parts_.reader, destination, after)));
    }
    if (request.path == "/differences") return reply(control_answer(differences_json(parts_.reader, after)));
    if (request.path == "/find")
        return reply(control_answer(find_json(parts_.reader, query(request, "text"), parts_.destinations)));
    if (request.path == "/verify") return verify(std::move(reply));
    if (request.path == "/verify/progress") return reply(control_answer(progress()));
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

std::string Control::progress() const {
    if (!walk_) return R"({"running":false,"done":0,"total":0})";
    return R"({"running":true,"done":)" + std::to_string(walk_->done()) + R"(,"total":)" +
           std::to_string(walk_->total()) + '}';
}

void Control::decide(const ServerRequest& request, HttpServer::Reply reply) {
    auto wish = parse_target(request.path);
    if (!wish) return reply(control_answer(std::unexpected(wish.error())));
    if (auto scanned = scan_json(request.body); !scanned)
        return reply(control_answer(std::unexpected(scanned.error())));
    const Document root(cJSON_ParseWithLength(request.body.data(), request.body.size()));
    wish->destination = text_of(root.get(), "destination");
    wish->who = text_of(root.get(), "who");
    wish->why = text_of(root.get(), "why");
    const CText transaction(cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(root.get(), "transaction")));
    if (transaction) wish->transaction = transaction.get();
    parts_.decisions.decide(std::move(*wish), [reply = std::move(reply)](Result<storage::JournalNumber> done) mutable {
        if (!done) return reply(control_answer(std::unexpected(done.error())));
        reply(control_answer("{\"recorded_as\":" + std::to_string(*done) + '}'));
    });
}

}  // namespace tillkeeper::agent
