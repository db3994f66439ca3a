#include "storage/mirrors/guarded_mirrors.h"

namespace tillkeeper::storage {
namespace {

// The log is moved into the database beyond this: some 8 MiB, so that pages which change often are written less often.
constexpr int kLogPagesMax = 2048;

}  // namespace

Error said_of_mirrors(Error error) {
    if (error.message.starts_with("journal:")) error.message.replace(0, 7, "mirrors");
    return error;
}

GuardedMirrors::~GuardedMirrors() {
    if (parts_) static_cast<void>(parts_->file.file->checkpoint(Checkpoint::kPassive));
}

Result<void> GuardedMirrors::open() {
    parts_.reset();
    auto opened = open_mirror_file(options_);
    if (!opened) return std::unexpected(std::move(opened.error()));
    parts_ = std::make_unique<Parts>(std::move(*opened));
    return {};
}

Result<void> GuardedMirrors::check_room() const {
    if (options_.device == nullptr) return {};
    auto free = options_.device->disk_free_bytes(options_.folder);
    if (!free || *free >= options_.leave_bytes) return {};
    return fail(ErrorCode::kStorageFull, "mirrors: the last room on the disk is left to sales");
}

Result<void> GuardedMirrors::begin_group() {
    if (group_) return fail(ErrorCode::kInvalid, "mirrors: a group is open");
    auto done = reading<void>([&] { return db().execute("BEGIN IMMEDIATE"); });
    group_ = done.has_value();
    group_failed_ = false;
    return done;
}

Result<void> GuardedMirrors::commit_group() {
    if (!group_) return fail(ErrorCode::kInvalid, "mirrors: no group is open");
    group_ = false;
    if (group_failed_) return fail(ErrorCode::kUnavailable, "mirrors: a call of the group failed; nothing is kept");
    auto done = reading<void>([&] { return db().execute("COMMIT"); });
    if (done) keep_log_short();
    return done;
}

Result<void> GuardedMirrors::sync() {
    return reading<void>([&] { return parts_->file.file->sync_log(); });
}

void GuardedMirrors::use_key(const std::string& key) {
    options_.key = key;
    if (parts_) parts_->scrub.begin_anew();
}

std::uint64_t GuardedMirrors::bytes() const {
    return parts_ ? parts_->file.file->connection.bytes() : 0;
}

// After a failed write the file is opened anew, and must prove that it takes writes.
Result<void> GuardedMirrors::get_ready() {
    if (group_ && group_failed_) return fail(ErrorCode::kUnavailable, "mirrors: a call of the group failed");
    return parts_ ? Result<void>{} : open();
}

Error GuardedMirrors::give_up(Error error) {
    if (parts_) parts_->runs.forget();
    if (parts_ && !db().rollback()) parts_.reset();
    group_failed_ = group_;
    if (error.code == ErrorCode::kCorrupt) mark_damaged(options_);
    if (error.code == ErrorCode::kIo) parts_.reset();
    return said_of_mirrors(std::move(error));
}

// A reader may hold it, and the disk may be full: then later.
void GuardedMirrors::keep_log_short() {
    if (parts_->file.file->wal_frames <= kLogPagesMax) return;
    auto done = parts_->file.file->checkpoint(Checkpoint::kPassive);
    if (!done) static_cast<void>(give_up(std::move(done.error())));
}

}  // namespace tillkeeper::storage
