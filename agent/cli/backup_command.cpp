#include "agent/cli/backup_command.h"

#include <filesystem>

#include "agent/cli/interrupts.h"
#include "agent/cli/plain_words.h"
#include "agent/contract/problem.h"
#include "storage/hash_chain.h"

namespace tillkeeper::cli {
namespace {

Result<std::string> back_up(const agent::Config& config, Interrupts& interrupts, const storage::BackupWish& wish,
                            const Told& told) {
    if (std::error_code error; !wish.replace && std::filesystem::exists(wish.file, error))
        return fail(ErrorCode::kInvalid, wish.file + " is there already; --force replaces it");
    const auto made =
        storage::back_up(journal_of(config), wish, [&](std::string_view step, std::int64_t done, std::int64_t total) {
            told(std::string(step), done, total);
            return !interrupts.came();
        });
    if (!made) return std::unexpected(made.error());
    return "{\"file\":" + agent::quoted(wish.file) + ",\"entries\":" + std::to_string(made->chain.entries) +
           ",\"first\":" + std::to_string(made->bounds.first) + ",\"last\":" + std::to_string(made->bounds.last) +
           ",\"bytes\":" + std::to_string(made->bounds.bytes) + ",\"head\":" + agent::quoted(to_hex(made->chain.head)) +
           '}';
}

}  // namespace

std::string backup_text(JsonView made) {
    return made.text("file") + " has " + made.text("entries") + " entries, up to number " + made.text("last") + ", " +
           bytes_in_words(static_cast<std::uint64_t>(made.number("bytes"))) + "; the chain is whole, head " +
           made.text("head") + ".\n";
}

void add_backup_command(CLI::App& app, Common& common, storage::BackupWish& wish) {
    auto* command = app.add_subcommand(
        "backup", "Copy the journal into one file while sales go on, and prove the copy before it gets its name");
    command->add_option("file", wish.file, "The file to write, on another disk")->required()->type_name("FILE");
    command->add_flag("--force", wish.replace, "Replace the file where there is one");
    command->callback([&common, &wish] {
        Interrupts interrupts;
        const auto config = read_config(common);
        common.exit =
            config ? show(common,
                          with_progress([&](const Told& told) { return back_up(*config, interrupts, wish, told); }),
                          backup_text)
                   : kNotFine;
    });
}

}  // namespace tillkeeper::cli
