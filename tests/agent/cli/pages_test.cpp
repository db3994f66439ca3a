// What the commands tell about themselves: --help, manual pages and completions have one source, and nothing is missing
// there.
#include <gmock/gmock.h>

#include <map>

#include "agent/cli/command_line.h"
#include "agent/cli/pages/completions.h"
#include "agent/cli/pages/manual_page.h"
#include "agent/cli/pages/programs.h"
#include "agent/daemon_line.h"

namespace tillkeeper::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Program tillkeeper_program() {
    const CommandLine line;
    return command_line_program(line.tree(), "2026-11-22");
}

Program tillkeeperd_program() {
    agent::DaemonLine line;
    return daemon_program(line.tree(), "2026-11-22");
}

TEST(Pages, EachCommandAndOptionSaysWhatItIsFor) {
    for (const auto& program : {tillkeeper_program(), tillkeeperd_program()})
        for (const auto& command : program.commands) {
            EXPECT_FALSE(command.about.empty()) << command.path;
            for (const auto& option : command.options) {
                const auto name = command.path + ' ' + (option.names.empty() ? option.value : option.names.back());
                EXPECT_FALSE(option.about.empty()) << name;
                EXPECT_TRUE(!option.names.empty() || !option.value.empty()) << name;
                EXPECT_EQ(option.value.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), std::string::npos) << name;
            }
        }
}

// Completions look an option up by its name alone.
TEST(Pages, AnOptionTakesTheSameEverywhere) {
    std::map<std::string, std::string> values;
    for (const auto& command : tillkeeper_program().commands)
        for (const auto& option : command.options)
            for (const auto& name : option.names)
                EXPECT_EQ(values.try_emplace(name, option.value).first->second, option.value) << command.path << name;
}

TEST(Pages, TheManualHasEachCommandAndOption) {
    const auto program = tillkeeper_program();
    auto page = manual_page(program);
    for (auto at = page.find("\\-"); at != std::string::npos; at = page.find("\\-", at)) page.erase(at, 1);
    for (const auto& command : program.commands) {
        if (command.commands.empty()) {
            EXPECT_THAT(page, HasSubstr("\n.SS " + command.path + '\n'));
        }
        for (const auto& option : command.options)
            for (const auto& name : option.names) EXPECT_THAT(page, HasSubstr("\\fB" + name + "\\fR")) << command.path;
    }
    EXPECT_THAT(
        page,
        HasSubstr("\\fBtillkeeper queue skip\\fR \\fB--why\\fR \\fITEXT\\fR [\\fIoption\\fR...] \\fINUMBER\\fR\n"));
    EXPECT_THAT(page, HasSubstr("\n.SH EXIT STATUS\n.TP\n\\fB0\\fR\n"));
    EXPECT_THAT(page, HasSubstr("\\fB/etc/tillkeeper/tillkeeper.toml\\fR"));
    EXPECT_THAT(page, HasSubstr("\\fBNO_COLOR\\fR"));
    EXPECT_THAT(manual_page(tillkeeperd_program()), HasSubstr(".SH EXIT STATUS\n.TP\n\\fB0\\fR\n"));
    EXPECT_THAT(manual_page(tillkeeperd_program()), HasSubstr("\\fB78\\fR"));
}

TEST(Pages, TheManualShowsTextAsItIs) {
    const Program program{
        "p", "1", "2026-11-22", 1, {{"", "'quoted' \\back -dash", {}, {}}}, {{"See also", {{"", ".dot"}}}}};
    EXPECT_THAT(manual_page(program), HasSubstr("\\(aqquoted\\(aq \\eback \\-dash"));
    EXPECT_THAT(manual_page(program), HasSubstr("\n.SH SEE ALSO\n\\&.dot\n"));
}

TEST(Pages, OptionsHoldBelowTheirCommand) {
    const auto program = tillkeeper_program();
    std::vector<std::string> names;
    for (const auto& option : options_at(program, "queue list")) names.push_back(option.names.back());
    EXPECT_THAT(names,
                ElementsAre("--help", "--config", "--socket", "--json", "--version", "--destination", "--after"));
}

TEST(Pages, CompletionsKnowTheTree) {
    const auto program = tillkeeper_program();
    EXPECT_THAT(bash_completion(program),
                HasSubstr("'queue') commands='list show retry repair skip' options='-h --help"));
    EXPECT_THAT(bash_completion(program), HasSubstr("':--destination') value=DESTINATION ;;"));
    EXPECT_THAT(zsh_completion(program), HasSubstr("'list:What is held and why'"));
    EXPECT_THAT(zsh_completion(program), testing::StartsWith("#compdef tillkeeper\n"));
    EXPECT_THAT(
        fish_completion(program),
        HasSubstr("complete -c tillkeeper -n '__tillkeeper_at \"queue\"' -f -a list -d 'What is held and why'\n"));
    for (const auto& script : {bash_completion(program), zsh_completion(program), fish_completion(program)})
        EXPECT_THAT(script, Not(HasSubstr("@name@")));
}

}  // namespace
}  // namespace tillkeeper::cli
