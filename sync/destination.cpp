#include "sync/destination.h"

#include <optional>
#include <utility>

#include "platform/crypto.h"
#include "sync/delivery.h"
#include "sync/dpop_proof.h"

namespace tillkeeper::sync {

namespace {

// What is known now about this boot counts more than what the journal remembers, which may be half a second behind.
std::optional<Duration> clock_offset(const SyncParts& parts, const std::string& boot_id) {
    if (boot_id == parts.device.boot_id() && parts.device.clock_trusted())
        return parts.clock.wall().time_since_epoch() - parts.clock.monotonic().time_since_epoch();
    return parts.reader.clock_offset(boot_id).value_or(std::nullopt);
}

Result<Delivery::Programs> compile(const DestinationConfig& config, const std::string& store_id,
                                   ClockOffset clock_offset) {
    auto builder = RequestBuilder::make(config, store_id, clock_offset);
    if (!builder) return std::unexpected(builder.error());
    std::optional<Steps> steps;
    if (config.kind == DestinationKind::kSteps) {
        auto made = Steps::make(config, store_id, std::move(clock_offset));
        if (!made) return std::unexpected(made.error());
        steps = std::move(*made);
    }
    std::optional<JqProgram> answer;
    if (!config.answer.empty()) {
        auto program = JqProgram::compile(config.answer, config.name + ".answer");
        if (!program) return std::unexpected(program.error());
        answer = std::move(*program);
    }
    return Delivery::Programs{std::move(*builder), std::move(answer), std::move(steps)};
}

}  // namespace

Result<void> check(const DestinationConfig& config) {
    if (auto programs = compile(config, "", {}); !programs) return std::unexpected(programs.error());
    const auto readable = [&](const Result<SigningKey>& key) -> Result<void> {
        if (key) return {};
        return fail(key.error().code, config.name + ": " + key.error().message);
    };
    if (!config.oauth.dpop_key_pem.empty())
        if (auto good = readable(dpop_key(config.oauth.dpop_key_pem)); !good) return good;
    if (config.oauth.auth != ClientAuth::kPrivateKeyJwt) return {};
    return readable(SigningKey::read(config.oauth.private_key_pem));
}

Result<std::unique_ptr<Destination>> Destination::make(DestinationConfig config, SyncParts parts) {
    auto owned = std::make_unique<DestinationConfig>(std::move(config));
    auto programs =
        compile(*owned, parts.store_id, [parts](const std::string& boot_id) { return clock_offset(parts, boot_id); });
    if (!programs) return std::unexpected(programs.error());
    auto delivery = std::make_unique<Delivery>(std::move(owned), std::move(parts), std::move(*programs));
    if (auto prepared = delivery->prepare(); !prepared) return std::unexpected(prepared.error());
    return delivery;
}

}  // namespace tillkeeper::sync
