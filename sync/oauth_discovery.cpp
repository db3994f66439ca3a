#include "sync/oauth_discovery.h"

#include <algorithm>

#include "sync/json_slices.h"

namespace tillkeeper::sync {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::size_t kAddressBytesMax = 2048;

// https, a host, and nothing that breaks out of a request line. No fragment: RFC 6749 section 3.2.
bool is_secure_address(std::string_view url) {
    return url.starts_with(kHttps) && url.size() > kHttps.size() && url[kHttps.size()] != '/' &&
           url.size() <= kAddressBytesMax &&
           std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
}

}  // namespace

bool is_issuer(std::string_view url) {
    return is_secure_address(url) && !url.contains('?');
}

std::array<std::string, 2> metadata_addresses(std::string_view issuer) {
    const auto end_of_host = std::min(issuer.find('/', kHttps.size()), issuer.size());
    const std::string host(issuer.substr(0, end_of_host));
    std::string path(issuer.substr(end_of_host));
    if (path.ends_with('/')) path.pop_back();
    return {host + "/.well-known/oauth-authorization-server" + path, host + path + "/.well-known/openid-configuration"};
}

Result<std::string> token_endpoint(std::string_view metadata, std::string_view issuer, bool mutual_tls) {
    if (!is_json(metadata)) return fail(ErrorCode::kInvalid, "it is not JSON");
    const auto document = trimmed(metadata);
    if (json_string(json_member(document, "issuer")) != issuer)
        return fail(ErrorCode::kInvalid, "it names another issuer");
    const auto alias = json_member(json_member(document, "mtls_endpoint_aliases"), "token_endpoint");
    const auto written = mutual_tls && !alias.empty() ? alias : json_member(document, "token_endpoint");
    auto endpoint = json_string(written);
    if (!endpoint || !is_secure_address(*endpoint))
        return fail(ErrorCode::kInvalid, "its token_endpoint is missing, or no https address");
    return *std::move(endpoint);
}

}  // namespace tillkeeper::sync
