// A token in software (SoftHSM), of the kind that keys never leave: a smart card without a card.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "platform/result.h"

namespace tillkeeper::lab {

class SoftToken {
  public:
    // Made anew, in `folder`.
    [[nodiscard]] static Result<SoftToken> make(const std::filesystem::path& folder);

    // Takes in the key of that file (PKCS#8), under the file's name, and removes the file.
    [[nodiscard]] Result<void> take(const std::filesystem::path& key_file) const;
    // By which who has the environment and may read the PIN's file can use that key.
    [[nodiscard]] std::string uri_of(const std::string& name) const;
    // Of each process that is to see it.
    [[nodiscard]] std::map<std::string, std::string> environment() const;

  private:
    explicit SoftToken(std::filesystem::path folder) : folder_(std::move(folder)) {}
    [[nodiscard]] Result<void> run(std::vector<std::string> arguments) const;

    std::filesystem::path folder_;
};

}  // namespace tillkeeper::lab
