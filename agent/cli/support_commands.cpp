#include "agent/cli/support_commands.h"

#include "agent/cli/healthcheck.h"
#include "agent/cli/support_bundle.h"

namespace tillkeeper::cli {

void add_support_commands(CLI::App& app, Common& common, SupportWish& wish) {
    auto* health =
        app.add_subcommand("healthcheck", "Is this box well? For updaters and supervisors; an outage is no illness");
    health->add_option("--wait", wish.wait_s, "Ask again until it is well, at most so long")->type_name("SECONDS");
    health->callback([&common, &wish] {
        common.exit = show(common, healthcheck(common.access, std::chrono::seconds(wish.wait_s)), health_text,
                           [](JsonView found) { return found.is_true("healthy"); });
    });
    auto* bundle = app.add_subcommand(
        "support-bundle", "What support needs to know of this box, in one file without sales, names and secrets");
    bundle->add_option("file", wish.file, "Where to write it")->required()->type_name("FILE");
    bundle->callback([&common, &wish] {
        common.exit = show(common, write_support_bundle(common.access, wish.file), support_bundle_text);
    });
}

}  // namespace tillkeeper::cli
