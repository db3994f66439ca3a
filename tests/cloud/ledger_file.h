// The ledger's append-only file: one JSON line per effect. Survives the end of the process, however it ends.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "platform/result.h"
#include "tests/cloud/event_batch.h"

namespace tillkeeper::cloud {

class LedgerFile {
  public:
    // Gives every whole line to `effect`, and cuts a torn last line off.
    [[nodiscard]] static Result<LedgerFile> open(const std::filesystem::path& folder,
                                                 const std::function<void(Destination, const Event&)>& effect);
    LedgerFile(LedgerFile&& other) noexcept;
    LedgerFile& operator=(LedgerFile&&) = delete;
    ~LedgerFile();

    void append(Destination destination, const Event& event);
    [[nodiscard]] Result<void> flush();
    [[nodiscard]] Result<void> clear();

  private:
    explicit LedgerFile(int fd) : fd_(fd) {}

    int fd_;
    std::string waiting_;
};

}  // namespace tillkeeper::cloud
