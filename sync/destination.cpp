#include "sync/destination.h"

#include "sync/delivery.h"

namespace tillkeeper::sync {

Result<std::unique_ptr<Destination>> Destination::make(DestinationConfig config, SyncContext context) {
    auto owned = std::make_unique<DestinationConfig>(std::move(config));
    auto builder = RequestBuilder::make(*owned, context.store_id);
    if (!builder) return std::unexpected(builder.error());
    std::optional<JqProgram> answer;
    if (!owned->answer.empty()) {
        auto program = JqProgram::compile(owned->answer, owned->name + ".answer");
        if (!program) return std::unexpected(program.error());
        answer = std::move(*program);
    }
    auto delivery = std::make_unique<Delivery>(std::move(owned), std::move(context),
                                               Delivery::Programs{std::move(*builder), std::move(answer)});
    if (auto prepared = delivery->prepare(); !prepared) return std::unexpected(prepared.error());
    return delivery;
}

}  // namespace tillkeeper::sync
