#include "agent/cli/enroll_command.h"

#include <unistd.h>

#include <iostream>

namespace tillkeeper::cli {
namespace {

int run(const Access& access, bool json, EnrollWish wish) {
    const auto config = agent::load_config(access.config_path);
    if (!config) {
        for (const auto& fault : config.error()) std::cerr << fault << '\n';
        return 1;
    }
    wish.socket = access.socket;
    const auto done = enroll(*config, wish, [json](const sync::DeviceCodes& codes) {
        std::cout << (json ? codes_json(codes) + '\n' : codes_text(codes, isatty(STDOUT_FILENO) != 0)) << std::flush;
    });
    if (!done) {
        std::cerr << "tillkeeper: " << done.error().message << '\n';
        return 1;
    }
    const JsonDocument document(*done);
    std::cout << (json ? *done + '\n' : enrolled_text(document.root()));
    return 0;
}

}  // namespace

void add_enroll_command(CLI::App& app, const Access& access, const bool& json, EnrollWish& wish, int& exit) {
    auto* command = app.add_subcommand(
        "enroll",
        "Let this box in at a cloud's login service: shows a code, waits until somebody confirms it on a phone, and "
        "has the daemon sign in. With --json two lines: the code, then the end");
    command->add_option("login", wish.login,
                        "Destination, collection or login of the configuration that has grant = \"refresh_token\"; "
                        "may be left out where there is only one");
    command->callback([&access, &json, &wish, &exit] { exit = run(access, json, wish); });
}

}  // namespace tillkeeper::cli
