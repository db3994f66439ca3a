#include "tests/e2e/lab.h"

#include <algorithm>

#include "tests/e2e/wait.h"

namespace tillkeeper::lab {

Result<std::unique_ptr<Lab>> Lab::open(const LabOptions& options) {
    auto folder = Scratch::make(options.name);
    if (!folder) return std::unexpected(folder.error());
    auto cloud = Cloud::start(folder->path() / "cloud", options.cloud);
    if (!cloud) return std::unexpected(cloud.error());
    StoreSetup setup{.tills = till_names(options.tills), .agent = options.agent, .clock_set = options.clock_set};
    if (options.more) setup.agent.more += options.more(*cloud);
    auto store = Store::open(folder->path(), *cloud, std::move(setup));
    if (!store) return std::unexpected(store.error());
    return std::unique_ptr<Lab>(new Lab(std::move(*folder), std::move(*cloud), std::move(*store)));
}

Result<Tills> Lab::sell(const TillsSetup& setup) {
    return Tills::start(folder_.path() / ("tills-" + std::to_string(++shifts_)), store_.broker(), setup);
}

std::int64_t Lab::delivered(const std::string& destination) const {
    auto books = cloud_.control().ledger();
    return books ? (*books)[destination].count : -1;
}

bool Lab::wait_delivered(std::int64_t count, std::chrono::milliseconds limit) const {
    const auto complete = [&] {
        auto books = cloud_.control().ledger();
        return books &&
               std::ranges::all_of(kDestinations, [&](const char* name) { return (*books)[name].count >= count; });
    };
    return wait_until(complete, limit, std::chrono::milliseconds(20), [] {});
}

Result<Ledger> Lab::settle(const Tills& tills) const {
    std::vector<std::pair<std::string, Effects>> clouds;
    for (const auto* name : kDestinations) {
        auto effects = cloud_.effects(name);
        if (!effects) return std::unexpected(effects.error());
        // What is about points has its own ledger.
        std::erase_if(*effects, [](const auto& one) {
            return one.first.starts_with("redeem:") || one.first.starts_with("void:redeem:");
        });
        clouds.emplace_back(name, std::move(*effects));
    }
    return balance(tills.tally().sold, tills.accepted_ids(), clouds);
}

}  // namespace tillkeeper::lab
