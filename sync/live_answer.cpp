#include "sync/live_answer.h"

#include "sync/answer_input.h"
#include "sync/json_slices.h"

namespace tillkeeper::sync {
namespace {

using Outcome = LiveAnswer::Outcome;

LiveAnswer none(std::string cause) {
    return {.outcome = Outcome::kNoAnswer, .key = {}, .body = {}, .cause = std::move(cause)};
}

LiveAnswer not_found() {
    return {.outcome = Outcome::kNotFound, .key = {}, .body = {}, .cause = {}};
}

LiveAnswer found(std::string_view record, const SourceConfig& config) {
    auto key = json_key(json_member(record, config.record_key));
    if (!key || key->empty() || key->size() > storage::kMirrorKeyBytesMax) return none("service");
    return {.outcome = Outcome::kFound, .key = std::move(*key), .body = std::string(record), .cause = {}};
}

// A record, null, or a list of at most one.
LiveAnswer one_of(std::string_view value, const SourceConfig& config) {
    value = trimmed(value);
    if (value == "null") return not_found();
    if (!value.starts_with('[')) return found(value, config);
    JsonPieces items(value);
    if (!items.next()) return not_found();
    const auto first = items.value();
    return items.next() ? none("service") : found(first, config);
}

LiveAnswer of_program(const HttpResponse& response, const SourceConfig& config, JqProgram& program) {
    const auto json = is_json(response.body) ? std::string_view(response.body) : std::string_view();
    const auto output = program.run(answer_input(response, json));
    if (!output || !is_json(*output)) return none("service");
    const auto said = json_member(*output, "found");
    if (said == "false") return not_found();
    return said == "true" ? found(json_member(*output, "record"), config) : none("service");
}

LiveAnswer of_graphql(std::string_view body, const SourceConfig& config) {
    if (JsonPieces(json_member(body, "errors")).next()) return none("service");
    JsonPieces members(json_member(body, "data"));
    return members.next() ? one_of(members.value(), config) : none("service");
}

}  // namespace

LiveAnswer read_live(const HttpResponse& response, const SourceConfig& config, JqProgram* program) {
    if (response.failure == TransportFailure::kTimeout) return none("deadline");
    if (response.failure != TransportFailure::kNone) return none("offline");
    if (response.status == 401 || response.status == 403) return none("login");
    const bool speaks = response.status == 200 || response.status == 404;
    if (!speaks) return none("service");
    if (program != nullptr) return of_program(response, config, *program);
    const bool json = is_json(response.body);
    if (response.status == 404) return json || response.body.empty() ? not_found() : none("service");
    if (!json) return none("service");
    return config.live->query.empty() ? one_of(response.body, config) : of_graphql(response.body, config);
}

}  // namespace tillkeeper::sync
