#include "agent/cli/offline_command.h"

#include <map>

#include "agent/cli/daemon_call.h"
#include "agent/contract/problem.h"

namespace tillkeeper::cli {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;

Result<std::string> ask(const Common& common, const std::string& path, const OfflineWish& wish) {
    const auto socket = socket_of(common.access);
    if (!socket) return std::unexpected(socket.error());
    return call_daemon(*socket, "POST", path,
                       "{\"for_s\":" + std::to_string(wish.seconds) + ",\"who\":" + agent::quoted(wish.who) +
                           ",\"why\":" + agent::quoted(wish.why) + '}');
}

CLI::App* add_reasoned(CLI::App& app, OfflineWish& wish, const std::string& name, const std::string& about) {
    auto* command = app.add_subcommand(name, about);
    command->add_option("--why", wish.why, "Reason, kept in the journal's chain")->required()->type_name("TEXT");
    command->add_option("--who", wish.who, "Who decides (default: the user's name)")->type_name("NAME");
    return command;
}

}  // namespace

void add_offline_commands(CLI::App& app, Common& common, OfflineWish& wish) {
    wish.who = common.who;
    auto* offline = add_reasoned(app, wish, "offline", "Keep the store off the network for a while; it ends by itself");
    offline->add_option("--for", wish.seconds, "How long, 1m to 24h (default: 1h)")
        ->transform(
            CLI::AsNumberWithUnit(std::map<std::string, std::int64_t>{{"m", kMinute}, {"h", kHour}}).description(""))
        ->type_name("TIME");
    offline->callback([&common, &wish] {
        common.exit = show(common, ask(common, "/offline", wish), [](JsonView kept) {
            return "Offline until " + kept.text("until") + ". Sales are taken as before, and go out afterwards.\n";
        });
    });
    add_reasoned(app, wish, "online", "End that before its time")->callback([&common, &wish] {
        common.exit =
            show(common, ask(common, "/online", wish), [](JsonView) { return std::string("Back on the network.\n"); });
    });
}

}  // namespace tillkeeper::cli
