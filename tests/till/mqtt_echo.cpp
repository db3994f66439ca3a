// mqtt-echo: answers every transaction at once and stores nothing; the limit against which the agent is measured.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>

#include "tests/till/echo_agent.h"
#include "tests/till/users_file.h"

namespace {

volatile std::sig_atomic_t stop_asked = 0;

}  // namespace

int main(int argc, char** argv) {
    using namespace tillkeeper::till;
    CLI::App app("Answers every transaction on the till bus without storing it. Prints `ready` once it listens.");
    BrokerAddress address;
    std::string users_file;
    app.add_option("--host", address.host)->capture_default_str();
    app.add_option("--port", address.port)->capture_default_str();
    app.add_option("--users", users_file, "name:password lines; the user is tillkeeper")->required();
    CLI11_PARSE(app, argc, argv);

    const auto users = read_users(users_file);
    const auto agent = users ? std::ranges::find(*users, kAgentUser, &BrokerUser::name) : decltype(users->begin()){};
    if (!users || agent == users->end()) {
        std::fprintf(stderr, "mqtt-echo: no user tillkeeper in %s\n", users_file.c_str());
        return 2;
    }
    std::signal(SIGTERM, [](int) { stop_asked = 1; });
    std::signal(SIGINT, [](int) { stop_asked = 1; });

    auto echo = EchoAgent::connect(address, *agent);
    if (!echo) {
        std::fprintf(stderr, "mqtt-echo: %s\n", echo.error().message.c_str());
        return 1;
    }
    bool told = false;
    while (stop_asked == 0) {
        if (!(*echo)->turn(100)) {
            std::fprintf(stderr, "mqtt-echo: the connection is lost\n");
            return 1;
        }
        if ((*echo)->listening() && !std::exchange(told, true)) {
            std::puts("ready");
            std::fflush(stdout);
        }
    }
    return 0;
}
