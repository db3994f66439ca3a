#include "sync/token_answer.h"

#include <cjson/cJSON.h>

#include <algorithm>
#include <memory>

#include "platform/ascii.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kTokenBytesMax = 16384;

using Json = std::unique_ptr<cJSON, decltype([](cJSON* json) { cJSON_Delete(json); })>;

Json parse(const std::string& body) {
    return Json(cJSON_ParseWithLength(body.data(), body.size()));
}

std::string text_of(const Json& json, const char* name) {
    const cJSON* member = cJSON_GetObjectItemCaseSensitive(json.get(), name);
    return cJSON_IsString(member) != 0 ? member->valuestring : "";
}

}  // namespace

Result<TokenGrant> read_grant(const std::string& body) {
    const Json json = parse(body);
    TokenGrant grant{.token = text_of(json, "access_token")};
    if (grant.token.empty()) return fail(ErrorCode::kInvalid, "the token endpoint's answer has no access_token");
    // It becomes a header line.
    if (!std::ranges::all_of(grant.token, [](char c) { return c > ' ' && c < 0x7F; }))
        return fail(ErrorCode::kInvalid, "the access_token has characters that none may have");
    if (grant.token.size() > kTokenBytesMax) return fail(ErrorCode::kLimit, "the access_token is too long");
    if (cJSON_GetObjectItemCaseSensitive(json.get(), "token_type") != nullptr) grant.type = text_of(json, "token_type");
    const cJSON* life = cJSON_GetObjectItemCaseSensitive(json.get(), "expires_in");
    if (cJSON_IsNumber(life) != 0 && life->valuedouble >= 0 && life->valuedouble < 1e9)
        grant.lifetime = std::chrono::seconds(static_cast<std::int64_t>(life->valuedouble));
    return grant;
}

std::string refresh_token_in(const std::string& body) {
    auto token = text_of(parse(body), "refresh_token");
    const bool good =
        token.size() <= kTokenBytesMax && std::ranges::all_of(token, [](char c) { return c >= ' ' && c < 0x7F; });
    return good ? token : std::string();
}

std::string error_in(const HttpResponse& response) {
    return response.status >= 400 && response.status < 500 ? text_of(parse(response.body), "error") : std::string();
}

Result<void> check_type(const TokenGrant& grant, bool bound_to_key) {
    if (ascii_lower(grant.type) == (bound_to_key ? "dpop" : "bearer")) return {};
    return fail(ErrorCode::kInvalid,
                bound_to_key ? "the token endpoint binds no token to the key of dpop_key_file: token_type is not DPoP"
                             : "the token endpoint gives no Bearer token; one of type DPoP takes dpop_key_file");
}

}  // namespace tillkeeper::sync
