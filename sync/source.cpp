#include "sync/source.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "platform/crypto.h"
#include "sync/puller.h"
#include "sync/url_template.h"

namespace tillkeeper::sync {
namespace {

Result<std::optional<JqProgram>> program_of(const std::string& source, const std::string& name) {
    if (source.empty()) return std::nullopt;
    auto program = JqProgram::compile(source, name);
    if (!program) return std::unexpected(program.error());
    return std::optional(std::move(*program));
}

std::string wrong_name(const std::string& name) {
    const bool good = std::ranges::all_of(
        name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
    return good && !name.empty() && name.size() <= 32 ? "" : "a collection is named by 1 to 32 of a-z, 0-9, _ and -";
}

std::string what_is_wrong(const SourceConfig& config) {
    if (auto wrong = wrong_name(config.collection); !wrong.empty()) return wrong;
    if (config.record_key.empty()) return "record_key is missing";
    if (config.url.empty() && !config.live) return "it has neither an address to pull from nor a live one";
    if (!config.url.empty() && !origin_of(config.url)) return "url is no http or https address";
    if (config.kind == SourceKind::kGraphQl && !config.url.empty() && config.query.empty()) return "query is missing";
    if (config.every <= Duration::zero() || config.keep <= Duration::zero()) return "every and keep are above zero";
    if (!config.live) return {};
    const auto& address = config.live->url.empty() ? config.url : config.live->url;
    if (!origin_of(address)) return "the live url is no http or https address";
    if (config.live->query.empty() && config.live->url.find("{key}") == std::string::npos)
        return "the live url has no {key}";
    return config.live->deadline > Duration::zero() ? "" : "the live deadline is above zero";
}

}  // namespace

Result<void> check(const SourceConfig& config) {
    if (auto wrong = what_is_wrong(config); !wrong.empty())
        return fail(ErrorCode::kInvalid, config.collection + ": " + wrong);
    if (auto program = program_of(config.answer, config.collection + ".answer"); !program)
        return std::unexpected(program.error());
    if (config.live)
        if (auto program = program_of(config.live->answer, config.collection + ".live.answer"); !program)
            return std::unexpected(program.error());
    if (config.oauth.auth != ClientAuth::kPrivateKeyJwt) return {};
    auto key = SigningKey::read(config.oauth.private_key_pem);
    if (!key) return fail(key.error().code, config.collection + ": " + key.error().message);
    return {};
}

Result<std::unique_ptr<Source>> Source::make(SourceConfig config, SourceParts parts) {
    if (auto good = check(config); !good) return std::unexpected(good.error());
    auto program = program_of(config.answer, config.collection + ".answer");
    if (!program) return std::unexpected(program.error());
    auto puller = std::make_unique<Puller>(std::move(config), std::move(parts), std::move(*program));
    if (auto prepared = puller->prepare(); !prepared) return std::unexpected(prepared.error());
    return puller;
}

}  // namespace tillkeeper::sync
