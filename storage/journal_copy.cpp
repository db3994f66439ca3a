#include "storage/journal_copy.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include "storage/schema.h"
#include "storage/sqlite.h"

namespace tillkeeper::storage {
namespace {

constexpr int kPagesInStep = 64;

std::unexpected<Error> interrupted() {
    return fail(ErrorCode::kUnavailable, "interrupted: nothing was changed");
}

// Empty, for SQLite to fill; its owner's alone, also on a file system that knows no modes later.
Result<void> make_private(const std::string& file) {
    const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0) return failed_path("cannot write " + file);
    ::close(made);
    return {};
}

// One read of the source lasts through all steps: whatever is committed meanwhile, no step begins anew.
Result<void> copy(Connection& source, const std::string& target, const CopyTold& told) {
    if (auto made = make_private(target); !made) return made;
    if (auto begun = source.execute("BEGIN; SELECT count(*) FROM sqlite_schema"); !begun) return begun;
    auto copied = Connection::open(target, Connection::Mode::kWrite, "");
    if (!copied) return std::unexpected(std::move(copied.error()));
    if (auto set = copied->execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF"); !set) return set;

    const auto close = [](sqlite3_backup* backup) { sqlite3_backup_finish(backup); };
    const std::unique_ptr<sqlite3_backup, decltype(close)> backup(
        sqlite3_backup_init(copied->raw(), "main", source.raw(), "main"));
    if (!backup) return std::unexpected(sqlite_error(copied->raw(), sqlite3_errcode(copied->raw()), "cannot copy"));
    int code = SQLITE_OK;
    while (code == SQLITE_OK) {
        code = sqlite3_backup_step(backup.get(), kPagesInStep);
        const int total = sqlite3_backup_pagecount(backup.get());
        if (!told("copying", total - sqlite3_backup_remaining(backup.get()), total)) return interrupted();
    }
    if (code != SQLITE_DONE) return std::unexpected(sqlite_error(copied->raw(), code, "cannot copy the journal"));
    return {};
}

// The copy needs no log beside it, and each page and index is in order.
Result<void> settle(const std::string& target, const CopyTold& told) {
    if (!told("checking", 0, 1)) return interrupted();
    auto copied = Connection::open(target, Connection::Mode::kWrite, "");
    if (!copied) return std::unexpected(std::move(copied.error()));
    if (auto mode = copied->text("PRAGMA journal_mode = DELETE"); !mode) return std::unexpected(mode.error());
    const auto found = copied->text("PRAGMA integrity_check(1)");
    if (!found) return std::unexpected(found.error());
    if (*found != "ok") return fail(ErrorCode::kCorrupt, "the journal is damaged: " + *found);
    return {};
}

}  // namespace

std::unexpected<Error> failed_path(const std::string& doing) {
    const int reason = errno;
    return fail(reason == ENOSPC || reason == EDQUOT ? ErrorCode::kStorageFull : ErrorCode::kIo,
                doing + ": " + std::strerror(reason));
}

Result<void> sync_path(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return failed_path("cannot open " + path);
    const int synced = ::fsync(file);
    ::close(file);
    if (synced != 0) return failed_path("cannot sync " + path);
    return {};
}

Result<JournalCopy> JournalCopy::make(const JournalOptions& journal, const std::string& name, const CopyTold& told) {
    auto source = Connection::open(journal.folder + "/journal.db", Connection::Mode::kRead, journal.vfs);
    if (!source) return std::unexpected(std::move(source.error()));
    const auto version = version_of(*source);
    if (!version) return std::unexpected(version.error());
    std::string path = name + ".part-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) return failed_path("cannot write beside " + name);
    JournalCopy made(std::move(path));
    made.version_ = *version;
    if (auto copied = copy(*source, made.file(), told); !copied) return std::unexpected(std::move(copied.error()));
    if (auto settled = settle(made.file(), told); !settled) return std::unexpected(std::move(settled.error()));
    return made;
}

JournalCopy::~JournalCopy() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Result<Verification> whole_chain(JournalReader& reader, const CopyTold& told) {
    auto walk = reader.walk_chain();
    if (!walk) return std::unexpected(std::move(walk.error()));
    for (bool more = true; more;) {
        const auto stepped = (*walk)->step();
        if (!stepped) return std::unexpected(stepped.error());
        more = *stepped;
        if (!told("verifying", (*walk)->done(), (*walk)->total())) return interrupted();
    }
    auto chain = (*walk)->report();
    if (chain.first_bad != 0)
        return fail(ErrorCode::kCorrupt,
                    "the chain is broken at number " + std::to_string(chain.first_bad) + ": " + chain.problem);
    return chain;
}

}  // namespace tillkeeper::storage
