// GuardedMirrors: the one writing connection, with what surrounds each call: a transaction, a file that is opened again
// after a failed write, a log that does not grow for ever.
// Ownership: by value. Thread: the one that writes.
#pragma once

#include <memory>
#include <string>

#include "storage/mirrors/mirror_file.h"
#include "storage/mirrors/runs.h"
#include "storage/mirrors/tidying.h"

namespace tillkeeper::storage {

// SQLite's errors name the journal.
[[nodiscard]] Error said_of_mirrors(Error error);

class GuardedMirrors {
  public:
    struct Parts {
        explicit Parts(MirrorFile opened) : file(std::move(opened)), runs(file.file->connection, *file.codec) {
            scrub.begin_anew();
        }
        MirrorFile file;
        Runs runs;
        MirrorScrub scrub;
    };

    explicit GuardedMirrors(MirrorOptions options) : options_(std::move(options)) {}
    ~GuardedMirrors();
    GuardedMirrors(const GuardedMirrors&) = delete;
    GuardedMirrors& operator=(const GuardedMirrors&) = delete;

    [[nodiscard]] Result<void> open();
    // The last room on the disk is for sales: kStorageFull.
    [[nodiscard]] Result<void> check_room() const;
    [[nodiscard]] Result<void> begin_group();
    [[nodiscard]] Result<void> commit_group();
    [[nodiscard]] bool in_group() const { return group_; }
    // What was committed is on the disk afterwards.
    [[nodiscard]] Result<void> sync();
    [[nodiscard]] const MirrorOptions& options() const { return options_; }
    void use_key(const std::string& key);
    [[nodiscard]] std::uint64_t bytes() const;

    // Within `work` of the two below.
    [[nodiscard]] Parts& parts() { return *parts_; }
    [[nodiscard]] Connection& db() { return parts_->file.file->connection; }

    template <typename T, typename Work>
    [[nodiscard]] Result<T> reading(Work work) {
        if (auto ready = get_ready(); !ready) return std::unexpected(std::move(ready.error()));
        Result<T> result = work();
        if (!result) return std::unexpected(give_up(std::move(result.error())));
        return result;
    }

    // In a transaction of its own, or of the group.
    template <typename T, typename Work>
    [[nodiscard]] Result<T> changing(Work work) {
        auto result = reading<T>([&]() -> Result<T> {
            if (auto begun = group_ ? Result<void>{} : db().execute("BEGIN IMMEDIATE"); !begun)
                return std::unexpected(std::move(begun.error()));
            Result<T> changed = work();
            if (!changed || group_) return changed;
            if (auto done = db().execute("COMMIT"); !done) return std::unexpected(std::move(done.error()));
            return changed;
        });
        if (result && !group_) keep_log_short();
        return result;
    }

  private:
    [[nodiscard]] Result<void> get_ready();
    Error give_up(Error error);
    void keep_log_short();

    MirrorOptions options_;
    std::unique_ptr<Parts> parts_;  // none: to be opened again
    bool group_ = false;
    bool group_failed_ = false;
};

}  // namespace tillkeeper::storage
