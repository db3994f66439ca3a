#include "tests/e2e/points_book.h"

#include <gmock/gmock.h>

namespace tillkeeper::lab {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

// Ada had 100, and spent 30 from the balance and 20 from a lease of 25; a third redemption was declined.
struct Day {
    Day() {
        for (const auto& [transaction, points] : {std::pair{"t1", 30}, {"t2", 20}, {"t3", 90}})
            book.asked({transaction, "0042", "ada", points});
        book.told_approved("t1", "r1");
        book.told_approved("t2", "r2");
        book.told_declined("t3");
    }
    [[nodiscard]] auto faults() const { return book.faults(engine); }

    PointsBook book;
    EngineBooks engine = read_engine(
        "{\"id\":\"r1\",\"member_id\":\"ada\",\"lease\":\"\",\"points\":30,\"stands\":1}\n"
        "{\"id\":\"r2\",\"member_id\":\"ada\",\"lease\":\"l1\",\"points\":20,\"stands\":1}\n"
        "{\"id\":\"r3\",\"member_id\":\"ada\",\"lease\":\"\",\"points\":90,\"stands\":0}\n",
        "{\"jti\":\"l1\",\"amount\":25,\"spent\":20}\n",
        {{"opening", 100}, {"earned", 0}, {"spent", 50}, {"difference", 0}});
};

TEST(PointsBook, AgreesWithAnEngineThatBookedWhatTillsWereTold) {
    const Day day;
    EXPECT_THAT(day.faults(), IsEmpty());
    EXPECT_EQ(day.book.points_asked(), 140);
    EXPECT_EQ(day.book.points_approved(), 50);
}

TEST(PointsBook, SeesAForgedApproval) {
    Day day;
    day.book.asked({"forged", "0042", "ada", 10});
    day.book.told_approved("forged", "r9");
    EXPECT_THAT(day.faults(), Contains(AllOf(HasSubstr("forged"), HasSubstr("not booked"))));
}

TEST(PointsBook, SeesWhatNobodyWasTold) {
    Day day;
    day.engine.bookings[2].stands = true;
    EXPECT_THAT(day.faults(), Contains(HasSubstr("no till was told")));
}

TEST(PointsBook, SeesWhatIsBookedTwiceOrOtherwise) {
    Day twice;
    twice.engine.bookings.push_back(twice.engine.bookings[0]);
    EXPECT_THAT(twice.faults(), Contains(HasSubstr("booked twice")));
    Day other;
    other.engine.bookings[0].points = 31;
    EXPECT_THAT(other.faults(), Contains(HasSubstr("otherwise")));
    Day ids;
    ids.book.told_approved("t1", "r1.1");
    EXPECT_THAT(ids.faults(), Contains(HasSubstr("several ids")));
}

TEST(PointsBook, SeesTwoOutcomesAndNone) {
    Day two;
    two.book.told_declined("t1");
    EXPECT_THAT(two.faults(), Contains(HasSubstr("declined after")));
    Day approved_later;
    approved_later.book.told_approved("t3", "r3");
    approved_later.engine.bookings[2].stands = true;
    approved_later.engine.totals["spent"] = 140;
    EXPECT_THAT(approved_later.faults(), Contains(HasSubstr("more was spent than there ever was")));
    Day none;
    none.book.asked({"t4", "0042", "ada", 1});
    EXPECT_THAT(none.faults(), Contains(HasSubstr("never answered")));
}

TEST(PointsBook, SeesALeaseThatIsOverspentAndPointsThatVanish) {
    Day lease;
    lease.engine.leases[0].spent = 26;
    EXPECT_THAT(lease.faults(), Contains(HasSubstr("was spent 26")));
    Day vanished;
    vanished.engine.totals["difference"] = -5;
    EXPECT_THAT(vanished.faults(), Contains(HasSubstr("vanished")));
}

}  // namespace
}  // namespace tillkeeper::lab
