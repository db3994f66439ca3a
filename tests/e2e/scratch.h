// A folder of one's own below the system's temporary folder; removed with everything in it, unless kept. What a killed
// program left behind goes when the next one makes a folder of the same name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "platform/result.h"

namespace tillkeeper::lab {

class Scratch {
  public:
    [[nodiscard]] static Result<Scratch> make(std::string_view name);
    Scratch(Scratch&& other) noexcept
        : folder_(std::move(other.folder_)), owner_(std::exchange(other.owner_, -1)), kept_(other.kept_) {
        other.folder_.clear();
    }
    Scratch& operator=(Scratch&&) = delete;
    ~Scratch();

    [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
    // Leaves it behind for a person to look at.
    void keep();

  private:
    Scratch(std::filesystem::path folder, int owner) : folder_(std::move(folder)), owner_(owner) {}

    std::filesystem::path folder_;
    int owner_ = -1;  // an open file in it, locked for as long as its owner lives
    bool kept_ = false;
};

// The whole file; "" when there is none.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view text, unsigned mode = 0644);

}  // namespace tillkeeper::lab
