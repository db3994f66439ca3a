#include "platform/linux-arm/spare_memory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>

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

TEST(SpareMemory, GivesBackWhatComesBackWhenUsed) {
    const auto digest = [] {
        Sha256 sum;
        sum.update("sold");
        return to_hex(sum.finish());
    };
    const auto before = digest();
    const long resident = resident_file_pages();
    give_back_spare_memory();
    EXPECT_LT(resident_file_pages(), resident * 3 / 4);
    EXPECT_EQ(digest(), before);
}

struct Libraries {
    int mapped = 0;
    int resident = 0;  // their first page, where the list of their segments is
};

Libraries libraries() {
    std::ifstream maps("/proc/self/smaps");
    Libraries seen;
    bool first_page = false;
    for (std::string line; std::getline(maps, line);) {
        std::istringstream words(line);
        std::string range, rights, offset, device, inode, path;
        words >> range >> rights >> offset >> device >> inode >> path;
        if (path.find(".so") != std::string::npos) {
            first_page = offset == "00000000";
            seen.mapped += first_page;
        } else if (range == "Rss:" && std::exchange(first_page, false)) {
            seen.resident += rights != "0";
        }
    }
    return seen;
}

TEST(SpareMemory, ToGiveItBackTakesNone) {
    const auto before = libraries();
    ASSERT_GT(before.mapped, 20);
    give_back_spare_memory();
    EXPECT_LT(libraries().resident, before.mapped / 2) << before.resident << " before";
}

}  // namespace
}  // namespace tillkeeper
