#include "sync/destination.h"

#include <optional>
#include <utility>

#include "platform/crypto.h"
#include "sync/delivery.h"

namespace tillkeeper::sync {

namespace {

Result<Delivery::Programs> compile(const DestinationConfig& config, const std::string& store_id) {
    auto builder = RequestBuilder::make(config, store_id);
    if (!builder) return std::unexpected(builder.error());
    std::optional<JqProgram> answer;
    if (!config.answer.empty()) {
        auto program = JqProgram::compile(config.answer, config.name + ".answer");
        if (!program) return std::unexpected(program.error());
        answer = std::move(*program);
    }
    return Delivery::Programs{std::move(*builder), std::move(answer)};
}

}  // namespace

Result<void> check(const DestinationConfig& config) {
    if (auto programs = compile(config, ""); !programs) return std::unexpected(programs.error());
    if (config.oauth.auth != ClientAuth::kPrivateKeyJwt) return {};
    auto key = SigningKey::from_pem(config.oauth.private_key_pem);
    if (!key) return fail(key.error().code, config.name + ": " + key.error().message);
    return {};
}

Result<std::unique_ptr<Destination>> Destination::make(DestinationConfig config, SyncParts parts) {
    auto owned = std::make_unique<DestinationConfig>(std::move(config));
    auto programs = compile(*owned, parts.store_id);
    if (!programs) return std::unexpected(programs.error());
    auto delivery = std::make_unique<Delivery>(std::move(owned), std::move(parts), std::move(*programs));
    if (auto prepared = delivery->prepare(); !prepared) return std::unexpected(prepared.error());
    return delivery;
}

}  // namespace tillkeeper::sync
