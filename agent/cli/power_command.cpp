#include "agent/cli/power_command.h"

#include "agent/cli/daemon_call.h"

namespace tillkeeper::cli {
namespace {

int tell(const Common& common, const char* body, Printer printer) {
    const auto socket = socket_of(common.access);
    return show(common, socket ? call_daemon(*socket, "POST", "/power", body) : std::unexpected(socket.error()),
                printer);
}

}  // namespace

void add_power_commands(CLI::App& app, Common& common) {
    auto* power = app.add_subcommand("power", "For whoever watches the power, a UPS for example");
    power->require_subcommand(1)->fallthrough();
    power
        ->add_subcommand(
            "failing",
            "Take no sale any more and make all that was handed over durable; ends after a minute, or with "
            "`power back`")
        ->callback([&common] {
            common.exit = tell(common, R"({"failing":true})", [](JsonView) {
                return std::string("All accepted sales are on the disk. None is taken until the power is back.\n");
            });
        });
    power->add_subcommand("back", "Take sales again")->callback([&common] {
        common.exit =
            tell(common, R"({"failing":false})", [](JsonView) { return std::string("Sales are taken again.\n"); });
    });
}

}  // namespace tillkeeper::cli
