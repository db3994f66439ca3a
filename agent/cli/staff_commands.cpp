#include "agent/cli/staff_commands.h"

#include <unistd.h>

#include "agent/bus_access/store_authority.h"
#include "agent/cli/hidden_line.h"
#include "agent/contract/problem.h"
#include "agent/staff/people.h"

namespace tillkeeper::cli {
namespace {

// Twice on a terminal, where nobody sees what is typed.
Result<std::string> new_pin() {
    auto pin = read_hidden_line("PIN, at least 6 digits: ");
    if (!pin) return pin;
    if (const auto fault = agent::pin_fault(*pin); !fault.empty()) return fail(ErrorCode::kInvalid, std::string(fault));
    if (isatty(STDIN_FILENO) == 0) return pin;
    const auto again = read_hidden_line("The same again: ");
    if (!again) return again;
    if (*again != *pin) return fail(ErrorCode::kInvalid, "these are two different PINs; nothing was changed");
    return pin;
}

Result<std::string> add(const agent::Config& config, const std::string& name) {
    if (const auto fault = agent::name_fault(name); !fault.empty())
        return fail(ErrorCode::kInvalid, std::string(fault));
    const auto pin = new_pin();
    if (!pin) return pin;
    auto hash = agent::hash_pin(*pin);
    if (!hash) return std::unexpected(hash.error());
    const auto turn = agent::FolderTurn::take(config.data_folder);
    if (!turn) return std::unexpected(turn.error());
    if (auto done = agent::People(config.data_folder).set({name, std::move(*hash)}); !done)
        return std::unexpected(done.error());
    return "{\"name\":" + agent::quoted(name) + '}';
}

Result<std::string> list(const agent::Config& config, const std::string&) {
    const auto people = agent::People(config.data_folder).all();
    if (!people) return std::unexpected(people.error());
    std::string names;
    for (const auto& each : *people) names += (names.empty() ? "" : ",") + agent::quoted(each.name);
    return "{\"staff\":[" + names + "]}";
}

Result<std::string> remove(const agent::Config& config, const std::string& name) {
    const auto turn = agent::FolderTurn::take(config.data_folder);
    if (!turn) return std::unexpected(turn.error());
    const auto removed = agent::People(config.data_folder).remove(name);
    if (!removed) return std::unexpected(removed.error());
    if (!*removed) return fail(ErrorCode::kNotFound, "nobody has that name; see `tillkeeper staff list`");
    return "{\"name\":" + agent::quoted(name) + '}';
}

std::string added_text(JsonView done) {
    return done.text("name") + " can sign in on the page with this PIN.\n";
}

std::string removed_text(JsonView done) {
    return done.text("name") + " can do nothing on the page any more.\n";
}

std::string list_text(JsonView listed) {
    std::string text;
    for (const auto each : listed.at("staff").children()) text += each.text() + '\n';
    return text.empty() ? "Nobody yet. `tillkeeper staff add NAME` lets somebody sign in on the page.\n" : text;
}

using Act = Result<std::string> (*)(const agent::Config&, const std::string&);

CLI::App* add_one(CLI::App& staff, Common& common, std::string& name, const std::string& verb, const std::string& about,
                  Act act, Printer printer) {
    auto* command = staff.add_subcommand(verb, about);
    command->callback([&common, &name, act, printer] {
        const auto config = read_config(common);
        common.exit = config ? show(common, act(*config, name), printer) : kNotFine;
    });
    return command;
}

}  // namespace

void add_staff_commands(CLI::App& app, Common& common, std::string& name) {
    auto* staff = app.add_subcommand("staff", "Who may settle things on the staff page, each with a PIN");
    staff->require_subcommand(1)->fallthrough();
    add_one(*staff, common, name, "add",
            "Let somebody sign in, or give them another PIN; asks for it, or reads it from standard input", add,
            added_text)
        ->add_option("name", name, "Who it is; stands in the journal beside what they do")
        ->required()
        ->type_name("NAME");
    add_one(*staff, common, name, "list", "Who can sign in", list, list_text);
    add_one(*staff, common, name, "remove", "Let somebody sign in no more; ends what they have open", remove,
            removed_text)
        ->add_option("name", name, "Who it is")
        ->required()
        ->type_name("NAME");
}

}  // namespace tillkeeper::cli
