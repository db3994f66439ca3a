#include "storage/preflight.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "storage/journal.h"
#include "storage/mirror_reader.h"
#include "storage/schema.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {
namespace {

namespace fs = std::filesystem;

// What no migration may change.
constexpr const char* kContents =
    "SELECT (SELECT count(*) || ' ' || ifnull(min(number), 0) || ' ' || ifnull(max(number), 0) FROM entries) || ';' || "
    "(SELECT ifnull(group_concat(destination || ' ' || number, ','), '') FROM "
    "(SELECT destination, number FROM cursors ORDER BY destination)) || ';' || (SELECT count(*) FROM held)";

Result<std::string> contents(const std::string& file) {
    auto opened = Connection::open(file, Connection::Mode::kRead, "");
    return opened ? opened->text(kContents) : std::unexpected(std::move(opened.error()));
}

Result<std::int64_t> compatible_version(const std::string& file) {
    auto opened = Connection::open(file, Connection::Mode::kRead, "");
    if (!opened) return std::unexpected(std::move(opened.error()));
    return opened->integer("SELECT value FROM meta WHERE key = 'compatible_version'");
}

// Beside the copy, which is about to change.
Result<void> set_aside(const JournalCopy& copy, const std::string& aside) {
    std::error_code error;
    if (!fs::copy_file(copy.file(), aside, error)) {
        errno = error.value();
        return failed_path("cannot copy to " + aside);
    }
    return sync_path(aside);
}

// An older backup of that name goes.
Result<void> name_backup(const std::string& aside, const std::string& backup) {
    fs::permissions(aside, fs::perms::owner_read | fs::perms::owner_write);
    std::error_code error;
    fs::rename(aside, backup, error);
    if (error == std::errc::cross_device_link) {  // the scratch folder lies on another disk
        error.clear();
        fs::copy_file(aside, backup, fs::copy_options::overwrite_existing, error);
        if (!error)
            if (auto synced = sync_path(backup); !synced) return synced;
    }
    if (error) {
        errno = error.value();
        return failed_path("cannot keep the backup " + backup);
    }
    return sync_path(fs::absolute(backup).parent_path());
}

// As the daemon will: opens for writing, which migrates and tries the keys; then reads everything.
Result<void> take_over(const JournalOptions& options, PreflightReport& report, const CopyTold& told) {
    if (auto opened = Journal::open(options); !opened) return std::unexpected(std::move(opened.error()));
    const auto reader = JournalReader::open(options);
    if (!reader) return std::unexpected(reader.error());
    auto chain = whole_chain(**reader, told);
    if (!chain) return std::unexpected(std::move(chain.error()));
    const auto bounds = (*reader)->bounds();
    if (!bounds) return std::unexpected(bounds.error());
    report.chain = std::move(*chain);
    report.bounds = *bounds;
    return {};
}

// The daemon would throw such a file away: all of it can be fetched again, so sales do not wait for it.
std::string why_copies_anew(const JournalOptions& journal) {
    const auto copies = MirrorReader::open(
        {.folder = journal.folder, .key = journal.key, .older_keys = journal.older_keys, .vfs = journal.vfs});
    return copies || copies.error().code == ErrorCode::kNotFound ? "" : copies.error().message;
}

}  // namespace

Result<PreflightReport> preflight(const JournalOptions& journal, const PreflightWish& wish, const CopyTold& told) {
    PreflightReport report;
    report.to = schema_version();
    report.older_reads = true;
    if (!fs::exists(journal.folder + "/journal.db")) return report;
    const auto copy = JournalCopy::make(journal, wish.scratch + "/preflight", told);
    if (!copy) return std::unexpected(copy.error());
    report.from = copy->version();
    report.kept = !wish.backup.empty() && report.from < report.to;
    const std::string aside = copy->folder() + "/before.db";
    if (report.kept)
        if (auto done = set_aside(*copy, aside); !done) return std::unexpected(std::move(done.error()));
    const auto before = contents(copy->file());
    if (!before) return std::unexpected(before.error());

    JournalOptions options = journal;
    options.folder = copy->folder();
    options.device = nullptr;
    options.vfs.clear();
    if (auto taken = take_over(options, report, told); !taken) return std::unexpected(std::move(taken.error()));
    const auto after = contents(copy->file());
    if (!after) return std::unexpected(after.error());
    if (*after != *before)
        return fail(ErrorCode::kCorrupt, "the copy is not what it was: \"" + *before + "\" became \"" + *after + '"');
    const auto compatible = compatible_version(copy->file());
    if (!compatible) return std::unexpected(compatible.error());
    report.older_reads = *compatible <= report.from;
    report.copies_anew = why_copies_anew(journal);
    if (report.kept)
        if (auto named = name_backup(aside, wish.backup); !named) return std::unexpected(std::move(named.error()));
    return report;
}

}  // namespace tillkeeper::storage
