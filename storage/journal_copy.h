// JournalCopy: the journal of one moment in a folder of its own, made while somebody else writes it; gone with the
// object. What is committed afterwards is not in it, and waits for nothing. Bodies stay as they lie, sealed or not.
// Thread: any one; blocks on the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "platform/result.h"
#include "storage/journal_reader.h"

namespace tillkeeper::storage {

// Told of each step, how much of it is done, and how much it is. False: do not go on.
using CopyTold = std::function<bool(std::string_view step, std::int64_t done, std::int64_t total)>;

class JournalCopy {
  public:
    // In a new folder "NAME.part-XXXXXX", of its owner alone; only a kill leaves it behind. Each page and each index of
    // the copy is in order. kUnavailable: it was told not to go on. kStorageFull: there is no room. kCorrupt: the
    // journal is damaged. kTooNew: a newer program wrote it; older ones are copied as they are.
    [[nodiscard]] static Result<JournalCopy> make(const JournalOptions& journal, const std::string& name,
                                                  const CopyTold& told);
    JournalCopy(JournalCopy&& other) noexcept : folder_(std::exchange(other.folder_, "")), version_(other.version_) {}
    JournalCopy& operator=(JournalCopy&&) = delete;
    ~JournalCopy();

    [[nodiscard]] const std::string& folder() const { return folder_; }
    [[nodiscard]] std::string file() const { return folder_ + "/journal.db"; }  // no log lies beside it
    [[nodiscard]] int version() const { return version_; }                      // of its form, see schema.h

  private:
    explicit JournalCopy(std::string folder) : folder_(std::move(folder)) {}

    std::string folder_;
    int version_ = 0;
};

// Each entry and the chain over all of them. kCorrupt: where it is broken. kUnavailable: told not to go on.
[[nodiscard]] Result<Verification> whole_chain(JournalReader& reader, const CopyTold& told);
// Syncs a file or a folder.
[[nodiscard]] Result<void> sync_path(const std::string& path);
// What `errno` says of that: kStorageFull or kIo.
[[nodiscard]] std::unexpected<Error> failed_path(const std::string& doing);

}  // namespace tillkeeper::storage
