// What the journal remembers about the time of a boot. [storage-8]
#include <gtest/gtest.h>

#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(BootClock, TheLatestSightIsRememberedForItsBoot) {
    const Folder folder;
    {
        auto journal = opened(folder.options());
        ASSERT_TRUE(journal->note_clock({"boot-1", hours(5)}));
        ASSERT_TRUE(journal->note_clock({"boot-1", hours(7)}));
    }
    const auto journal = opened(folder.options());
    const auto reader = reading(folder.options());
    EXPECT_EQ(reader->clock_offset("boot-1").value(), hours(7));
    EXPECT_EQ(reader->clock_offset("boot-2").value(), std::nullopt);
}

TEST(BootClock, EntriesAreNotTouchedByIt) {
    const Folder folder;
    auto journal = opened(folder.options());
    NewEntry early = sale(uuid(1));
    early.arrival = {WallTime(seconds(10)), MonotonicTime(seconds(10)), "boot-1", false};
    const auto receipt = put(*journal, early);
    const auto reader = reading(folder.options());
    EXPECT_EQ(reader->clock_offset("boot-1").value(), std::nullopt);  // the boot is known, its time is not
    ASSERT_TRUE(journal->note_clock({"boot-1", hours(500'000)}));
    const auto entry = reader->entry(1).value();
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->hash, receipt.hash);
    EXPECT_EQ(entry->arrival.arrived_at, WallTime(seconds(10)));
    EXPECT_EQ(reader->clock_offset("boot-1").value(), hours(500'000));
    EXPECT_EQ(reader->verify({})->first_bad, 0);
}

}  // namespace
}  // namespace tillkeeper::storage
