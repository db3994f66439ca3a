#include "platform/jws.h"

namespace tillkeeper {

Result<std::string> signed_jws(const SigningKey& key, std::string_view header, std::string_view payload) {
    std::string input = base64url(header) + '.' + base64url(payload);
    const auto signature = key.sign(input);
    if (!signature) return std::unexpected(signature.error());
    return input + '.' + base64url(*signature);
}

std::optional<JwsParts> split_jws(std::string_view jws) {
    const auto first = jws.find('.');
    const auto second = first == std::string_view::npos ? first : jws.find('.', first + 1);
    if (second == std::string_view::npos || jws.find('.', second + 1) != std::string_view::npos) return std::nullopt;
    return JwsParts{jws.substr(0, first), jws.substr(first + 1, second - first - 1), jws.substr(0, second),
                    jws.substr(second + 1)};
}

}  // namespace tillkeeper
