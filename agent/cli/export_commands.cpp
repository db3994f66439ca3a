#include "agent/cli/export_commands.h"

#include "agent/cli/journal_import.h"
#include "agent/day/business_day.h"

namespace tillkeeper::cli {
namespace {

std::string exported_text(JsonView made) {
    return made.text("file") + " has " + made.text("entries") + " entries, numbers " + made.text("first") + " to " +
           made.text("last") + ". It holds what the journal holds, personal data too: keep it accordingly.\n";
}

}  // namespace

void add_export_commands(CLI::App& app, Common& common, ExportWish& wish) {
    auto* out = app.add_subcommand(
        "export", "Write the journal as lines of JSON, personal data included, into a file for its owner alone");
    out->add_option("file", wish.file, "The file to write; there must be none yet")->required()->type_name("FILE");
    out->add_option("--from", wish.from, "From this journal number")
        ->check(CLI::PositiveNumber.description(""))
        ->type_name("NUMBER");
    out->add_option("--to", wish.to, "Up to this journal number")
        ->check(CLI::PositiveNumber.description(""))
        ->type_name("NUMBER");
    out->add_option("--day", wish.day, "Only what belongs to this business day")
        ->type_name("DATE")
        ->check(
            [](const std::string& text) { return agent::parse_day(text) ? "" : "not a date: write it as 2026-11-20"; });
    out->callback([&common, &wish] {
        const auto config = read_config(common);
        common.exit =
            config ? show(common, with_progress([&](const Told& told) { return export_journal(*config, wish, told); }),
                          exported_text)
                   : kNotFine;
    });
    auto* in = app.add_subcommand("import", "Hand over what an export holds, as the tills did; twice changes nothing");
    in->add_option("file", wish.file, "What export wrote")->required()->type_name("FILE");
    in->callback([&common, &wish] {
        const auto socket = socket_of(common.access);
        common.exit = show(
            common,
            socket ? with_progress([&](const Told& told) { return import_journal(*socket, wish.file, told); }) : socket,
            imported_text, [](JsonView done) { return done.is_true("fine"); });
    });
}

}  // namespace tillkeeper::cli
