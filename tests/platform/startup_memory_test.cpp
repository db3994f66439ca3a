#include "platform/linux-arm/startup_memory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "platform/crypto.h"

namespace tillkeeper {
namespace {

// In KiB: pages of files that are mapped and present.
long resident_file_pages() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssFile:")) return std::stol(line.substr(8));
    return 0;
}

TEST(StartupMemory, GivesBackWhatComesBackWhenUsed) {
    const auto digest = [] {
        Sha256 sum;
        sum.update("sold");
        return to_hex(sum.finish());
    };
    const auto before = digest();
    const long resident = resident_file_pages();
    release_startup_memory();
    EXPECT_LT(resident_file_pages(), resident * 3 / 4);
    EXPECT_EQ(digest(), before);
}

}  // namespace
}  // namespace tillkeeper
