#include "agent/cli/pages/command_tree.h"

namespace tillkeeper::cli {
namespace {

OptionEntry entry_of(const CLI::Option& option) {
    OptionEntry out;
    for (const auto& name : option.get_snames()) out.names.push_back('-' + name);
    for (const auto& name : option.get_lnames()) out.names.push_back("--" + name);
    if (option.get_items_expected_max() > 0) out.value = option.get_type_name();
    if (out.names.empty()) out.value = option.get_type_name();
    out.about = option.get_description();
    out.preset = option.get_default_str();
    out.required = option.get_required();
    return out;
}

void add(const CLI::App& app, const std::string& path, std::vector<CommandEntry>& all) {
    CommandEntry entry;
    entry.path = path;
    entry.about = app.get_description();
    for (const auto* option : app.get_options()) entry.options.push_back(entry_of(*option));
    const auto below = app.get_subcommands({});
    for (const auto* command : below) entry.commands.push_back(command->get_name());
    all.push_back(std::move(entry));
    for (const auto* command : below) add(*command, path + (path.empty() ? "" : " ") + command->get_name(), all);
}

}  // namespace

std::vector<CommandEntry> entries_of(const CLI::App& tree) {
    std::vector<CommandEntry> all;
    add(tree, "", all);
    return all;
}

}  // namespace tillkeeper::cli
