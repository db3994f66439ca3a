#include "sync/oauth_discovery.h"

#include <algorithm>

#include "sync/json_slices.h"

namespace tillkeeper::sync {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::size_t kAddressBytesMax = 2048;

// Believed only of the issuer that was asked.
Result<std::string> endpoint(std::string_view name, std::string_view metadata, std::string_view issuer,
                             bool mutual_tls) {
    if (!is_json(metadata)) return fail(ErrorCode::kInvalid, "it is not JSON");
    const auto document = trimmed(metadata);
    if (json_string(json_member(document, "issuer")) != issuer)
        return fail(ErrorCode::kInvalid, "it names another issuer");
    const auto alias = json_member(json_member(document, "mtls_endpoint_aliases"), name);
    const auto written = mutual_tls && !alias.empty() ? alias : json_member(document, name);
    auto found = json_string(written);
    if (!found || !is_https_address(*found))
        return fail(ErrorCode::kInvalid, "its " + std::string(name) + " is missing, or no https address");
    return *std::move(found);
}

}  // namespace

bool is_https_address(std::string_view url) {
    return url.starts_with(kHttps) && url.size() > kHttps.size() && url[kHttps.size()] != '/' &&
           url.size() <= kAddressBytesMax &&
           std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
}

bool is_issuer(std::string_view url) {
    return is_https_address(url) && !url.contains('?');
}

std::array<std::string, 2> metadata_addresses(std::string_view issuer) {
    const auto end_of_host = std::min(issuer.find('/', kHttps.size()), issuer.size());
    const std::string host(issuer.substr(0, end_of_host));
    std::string path(issuer.substr(end_of_host));
    if (path.ends_with('/')) path.pop_back();
    return {host + "/.well-known/oauth-authorization-server" + path, host + path + "/.well-known/openid-configuration"};
}

Result<std::string> token_endpoint(std::string_view metadata, std::string_view issuer, bool mutual_tls) {
    return endpoint("token_endpoint", metadata, issuer, mutual_tls);
}

Result<std::string> device_endpoint(std::string_view metadata, std::string_view issuer, bool mutual_tls) {
    return endpoint("device_authorization_endpoint", metadata, issuer, mutual_tls);
}

}  // namespace tillkeeper::sync
