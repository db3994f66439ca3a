#include "agent/cli/update_commands.h"

#include "agent/cli/interrupts.h"
#include "agent/cli/update_window.h"
#include "agent/contract/problem.h"
#include "platform/linux-arm/system.h"
#include "storage/hash_chain.h"

namespace tillkeeper::cli {
namespace {

Result<std::string> tried(const agent::Config& config, storage::PreflightWish wish, const Told& told) {
    Interrupts interrupts;
    if (wish.scratch.empty()) wish.scratch = config.data_folder;
    const auto report =
        storage::preflight(journal_of(config), wish, [&](std::string_view step, std::int64_t done, std::int64_t total) {
            told(std::string(step), done, total);
            return !interrupts.came();
        });
    if (!report) return std::unexpected(report.error());
    return R"({"fits":true,"from":)" + std::to_string(report->from) + R"(,"to":)" + std::to_string(report->to) +
           R"(,"older_reads":)" + (report->older_reads ? "true" : "false") + R"(,"backup":)" +
           agent::quoted(report->kept ? wish.backup : "") + R"(,"copies_anew":)" + agent::quoted(report->copies_anew) +
           R"(,"entries":)" + std::to_string(report->chain.entries) + R"(,"first":)" +
           std::to_string(report->bounds.first) + R"(,"last":)" + std::to_string(report->bounds.last) + R"(,"head":)" +
           agent::quoted(to_hex(report->chain.head)) + '}';
}

// Where the daemon does not run, nothing is under way that an update could disturb.
Result<std::string> window_now(const Common& common, const agent::Config& config, bool force) {
    const WallTime now = SystemClock().wall();
    UpdateMoment moment{.in_store = now + local_offset(now), .status = std::nullopt};
    const auto status = JournalAccess(common.access).status();
    const JsonDocument document(status ? *status : "");
    if (status) moment.status = document.root();
    return update_window_json(update_obstacles(moment, config.update_window), config.update_window, force);
}

}  // namespace

std::string preflight_text(JsonView tried) {
    const auto from = tried.number("from");
    if (from == 0) return "There is no journal yet.\n";
    std::string text = "This program can take over the journal: " + tried.text("entries") + " entries, up to number " +
                       tried.text("last") + ", all read and proven on a copy.\n";
    if (from < tried.number("to"))
        text += "It changes the form from " + tried.text("from") + " to " + tried.text("to") + "; " +
                (tried.is_true("older_reads") ? "the program that runs now could take it back.\n"
                                              : "the program that runs now could NOT take it back.\n");
    if (!tried.text("copies_anew").empty())
        text +=
            "Copies of cloud data would be fetched anew, and look-ups that wait be lost: " + tried.text("copies_anew") +
            ".\n";
    if (!tried.text("backup").empty()) text += "The journal as it was is kept in " + tried.text("backup") + ".\n";
    return text;
}

void add_update_commands(CLI::App& app, Common& common, UpdateWish& wish) {
    auto* journal = app.add_subcommand("journal", "The journal as a file");
    journal->require_subcommand(1)->fallthrough();
    auto* preflight = journal->add_subcommand(
        "preflight", "Prove on a copy that this program can take over the journal, before it does");
    preflight
        ->add_option("--scratch", wish.preflight.scratch, "Where the copy lies meanwhile (default: beside the journal)")
        ->type_name("FOLDER");
    preflight
        ->add_option("--backup", wish.preflight.backup,
                     "Keep the journal as it was here, if this program changes its form")
        ->type_name("FILE");
    preflight->callback([&common, &wish] {
        const auto config = read_config(common);
        common.exit =
            config ? show(common, with_progress([&](const Told& told) { return tried(*config, wish.preflight, told); }),
                          preflight_text)
                   : kNotFine;
    });
    auto* window = app.add_subcommand("update-window", "May this box be updated now? Exit status 1: not now");
    window->add_flag("--force", wish.force, "Say what stands against it, and allow it all the same");
    window->callback([&common, &wish] {
        const auto config = read_config(common);
        common.exit = config ? show(common, window_now(common, *config, wish.force), update_window_text,
                                    [](JsonView told) { return told.is_true("open"); })
                             : kNotFine;
    });
}

}  // namespace tillkeeper::cli
