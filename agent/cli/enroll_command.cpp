#include "agent/cli/enroll_command.h"

#include <unistd.h>

#include <iostream>

namespace tillkeeper::cli {
namespace {

int run(const Common& common, EnrollWish wish) {
    const auto config = read_config(common);
    if (!config) return kNotFine;
    wish.socket = common.access.socket;
    const auto done = enroll(*config, wish, [json = common.json](const sync::DeviceCodes& codes) {
        std::cout << (json ? codes_json(codes) + '\n' : codes_text(codes, isatty(STDOUT_FILENO) != 0)) << std::flush;
    });
    return show(common, done, enrolled_text);
}

}  // namespace

void add_enroll_command(CLI::App& app, Common& common, EnrollWish& wish) {
    auto* command = app.add_subcommand(
        "enroll",
        "Let this box in at a cloud's login service: shows a code, waits until somebody confirms it on a phone, and "
        "has the daemon sign in. With --json two lines: the code, then the end");
    command
        ->add_option("login", wish.login,
                     "Destination, collection or login of the configuration that has grant = \"refresh_token\"; "
                     "may be left out where there is only one")
        ->type_name("LOGIN");
    command->callback([&common, &wish] { common.exit = run(common, wish); });
}

}  // namespace tillkeeper::cli
