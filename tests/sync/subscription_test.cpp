// Which types reach a destination. [agent-36]
#include "sync/subscription.h"

#include <gtest/gtest.h>

namespace tillkeeper::sync {
namespace {

TEST(Subscription, WithoutTypesIsAllThatIsAboutSales) {
    EXPECT_TRUE(subscribes({}, "sale"));
    EXPECT_TRUE(subscribes({}, "a word of the till's own"));
    EXPECT_TRUE(subscribes({}, storage::kReconciliation)) << "where a destination booked otherwise is about a sale";
    for (const auto type : {storage::kDayManifest, storage::kOutage, storage::kStaffAction})
        EXPECT_FALSE(subscribes({}, type)) << type;
}

TEST(Subscription, NamedTypesAreAllOfThem) {
    const std::vector<std::string> types{"sale", "day_manifest"};
    EXPECT_TRUE(subscribes(types, "sale"));
    EXPECT_TRUE(subscribes(types, storage::kDayManifest));
    EXPECT_FALSE(subscribes(types, "return"));
    EXPECT_FALSE(subscribes(types, storage::kOutage));
}

}  // namespace
}  // namespace tillkeeper::sync
