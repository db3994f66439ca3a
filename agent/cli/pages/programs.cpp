#include "agent/cli/pages/programs.h"

#include "agent/cli/pages/command_tree.h"
#include "agent/version.h"

namespace tillkeeper::cli {
namespace {

const std::pair<std::string, std::string> kConfiguration = {
    "/etc/tillkeeper/tillkeeper.toml", "The configuration, and what it names beside it: keys, passwords, jq programs."};

Program program(const CLI::App& tree, const std::string& date, int section, std::vector<Section> sections) {
    return {tree.get_name(), std::string(agent::kVersion), date, section, entries_of(tree), std::move(sections)};
}

}  // namespace

Program command_line_program(const CLI::App& tree, const std::string& date) {
    return program(
        tree, date, 1,
        {{"Output",
          {{"",
            "Words are for people and may change; with --json each command answers in JSON, to which members are only "
            "ever added. Colours, bars and a cursor that moves are for terminals. What comes from outside is made "
            "printable first."}}},
         {"Exit status",
          {{"0", "Fine: sales are taken (status), the chain is whole (verify), something was found (find)."},
           {"1", "Not fine, or nobody answered; standard error says why."},
           {"2", "Wrong usage."}}},
         {"Files",
          {kConfiguration,
           {"/run/tillkeeper/control.sock",
            "Where the daemon listens, unless the configuration says otherwise; its owner and group may ask it."}}},
         {"Environment",
          {{"NO_COLOR", "Where it is set and not empty: no colours."},
           {"TERM", "dumb: no colours, and the cursor stays."},
           {"LC_ALL, LC_CTYPE, LANG", "Where they do not name UTF-8: ASCII alone."},
           {"SUDO_USER, USER", "Who decides, where --who is not given."},
           {"CREDENTIALS_DIRECTORY",
            "Where files of the configuration that begin with \"credential:\" lie; else the folder of "
            "tillkeeper.service."}}},
         {"See also", {{"", "tillkeeperd(8), mosquitto(8)"}}}});
}

Program daemon_program(const CLI::App& tree, const std::string& date) {
    return program(
        tree, date, 8,
        {{"Signals", {{"SIGTERM, SIGINT", "What was handed over is written and answered, then it ends."}}},
         {"Exit status",
          {{"0", "It ended as it was told to, with every accepted sale safe."},
           {"1",
            "It cannot work: another daemon has the journal, or a newer program wrote it; standard error says why."},
           {"2", "Wrong usage."},
           {"78", "The configuration has faults; standard error names each with its file and line."}}},
         {"Files", {kConfiguration}},
         {"Environment",
          {{"CREDENTIALS_DIRECTORY",
            "Where files of the configuration that begin with \"credential:\" lie; systemd sets it."},
           {"NOTIFY_SOCKET, WATCHDOG_USEC", "How systemd hears that it is ready and alive; systemd sets them."}}},
         {"See also", {{"", "tillkeeper(1), mosquitto(8), systemd.exec(5)"}}}});
}

Program box_program(const CLI::App& tree, const std::string& date) {
    return program(tree, date, 8,
                   {{"Lamp",
                     {{"steady", "Sales are taken, the cloud is reached."},
                      {"slow", "Sales are taken, the cloud is not reached: keep selling."},
                      {"fast", "No sales are taken, something waits for a person, or less than a day of room is left."},
                      {"off", "No power, or nobody watches."}}},
                    {"Signals", {{"SIGTERM, SIGINT", "The lamp goes out, then it ends."}}},
                    {"Exit status",
                     {{"0", "It ended as it was told to, or neither a lamp nor a line was named."},
                      {"1", "The line cannot be watched; standard error says why."},
                      {"2", "Wrong usage."}}},
                    {"Files",
                     {{"/etc/default/tillkeeper-box", "What tillkeeper-box.service gives it."},
                      {"/run/tillkeeper/control.sock", "Where it asks the daemon, and tells it of the power."}}},
                    {"See also", {{"", "tillkeeperd(8), tillkeeper(1), gpiodetect(1), gpioinfo(1)"}}}});
}

}  // namespace tillkeeper::cli
