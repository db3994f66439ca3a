// A folder with a configuration and the files that it names. It goes with the test.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace tillkeeper::agent {

class ConfigFolder : public testing::Test {
  protected:
    ConfigFolder() {
        std::string pattern = testing::TempDir() + "config-XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    ~ConfigFolder() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, const std::string& content, mode_t mode = 0600) const {
        std::ofstream(folder_ / name) << content;
        chmod((folder_ / name).c_str(), mode);
    }

    std::filesystem::path folder_;
};

}  // namespace tillkeeper::agent
