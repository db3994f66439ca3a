// What the store's state is told of the journal. [agent-8]
#include "agent/journal_glance.h"

#include <gtest/gtest.h>

#include "storage/own_entries.h"
#include "tests/storage/folder.h"

namespace tillkeeper::agent {
namespace {

using namespace storage;

TEST(JournalGlance, KnowsABookingThatIsStoredAfterTheCursorWasTold) {
    const Folder folder;
    auto journal = opened(folder.options());
    put(*journal, sale(uuid(1)));
    auto reader = reading(folder.options());
    JournalGlance glance(*reader);
    ASSERT_TRUE(glance.refresh());
    EXPECT_FALSE(glance.newest_booking("erp", 1));
    report(*journal, {.destination = "erp", .hold = {}, .delivered = {}, .booked = {{"erp", 1, "SO 17"}}, .cursor = 1});
    ASSERT_TRUE(glance.refresh());
    ASSERT_TRUE(glance.newest_booking("erp", 1));
    EXPECT_EQ(glance.newest_booking("erp", 1)->document, "SO 17");
}

TEST(JournalGlance, CountsSalesAndNotWhatTheBoxWroteOfItself) {
    const Folder folder;
    auto journal = opened(folder.options());
    put(*journal, sale(uuid(1)));
    NewEntry outage = sale("outage-1");
    outage.type = kOutage;
    put(*journal, outage);
    put(*journal, sale(uuid(2)));
    auto reader = reading(folder.options());
    JournalGlance glance(*reader);
    ASSERT_TRUE(glance.refresh());
    EXPECT_EQ(glance.sales_after(0), 2);
    EXPECT_EQ(glance.sales_after(1), 1);
    EXPECT_EQ(glance.sales_after(2), 1);
    EXPECT_EQ(glance.sales_after(3), 0);
}

}  // namespace
}  // namespace tillkeeper::agent
