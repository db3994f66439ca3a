#include "storage/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace tillkeeper::storage {
namespace {

namespace fs = std::filesystem;

Result<void> may_be_written(const JournalOptions& journal, const BackupWish& wish) {
    std::error_code error;
    const auto folder = fs::absolute(wish.file).parent_path();
    if (fs::equivalent(folder, journal.folder, error))
        return fail(ErrorCode::kInvalid, "a backup beside the journal is none: choose another folder, on another disk");
    if (fs::is_directory(wish.file, error)) return fail(ErrorCode::kInvalid, wish.file + " is a folder");
    if (!wish.replace && fs::exists(fs::symlink_status(wish.file, error)))
        return fail(ErrorCode::kInvalid, wish.file + " is there already");
    return {};
}

Result<void> give_name(const std::string& from, const BackupWish& wish) {
    if (auto synced = sync_path(from); !synced) return synced;
    const unsigned flags = wish.replace ? 0 : RENAME_NOREPLACE;
    int renamed = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, wish.file.c_str(), flags);
    if (renamed != 0 && errno == EINVAL) {  // NFS and others cannot look and rename at once: the name is taken first
        const int claim = ::open(wish.file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (claim < 0) return failed_path("cannot name the copy " + wish.file);
        ::close(claim);
        renamed = ::rename(from.c_str(), wish.file.c_str());
        if (renamed != 0) ::unlink(wish.file.c_str());
    }
    if (renamed != 0) return failed_path("cannot name the copy " + wish.file);
    return sync_path(fs::absolute(wish.file).parent_path());
}

}  // namespace

Result<BackupReport> back_up(const JournalOptions& journal, const BackupWish& wish, const CopyTold& told) {
    if (auto may = may_be_written(journal, wish); !may) return std::unexpected(std::move(may.error()));
    const auto copy = JournalCopy::make(journal, wish.file, told);
    if (!copy) return std::unexpected(copy.error());
    JournalOptions options = journal;
    options.folder = copy->folder();
    options.vfs.clear();
    const auto reader = JournalReader::open(options);
    if (!reader) return std::unexpected(reader.error());
    auto chain = whole_chain(**reader, told);
    if (!chain) return std::unexpected(std::move(chain.error()));
    const auto bounds = (*reader)->bounds();
    if (!bounds) return std::unexpected(bounds.error());
    if (auto named = give_name(copy->file(), wish); !named) return std::unexpected(std::move(named.error()));
    return BackupReport{std::move(*chain), *bounds};
}

}  // namespace tillkeeper::storage
