// What a destination's answers, its subscription and its journal make of what is sent.
#include <gmock/gmock.h>

#include "tests/sync/destination_world.h"

namespace tillkeeper::sync {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(DestinationWorld, retry_after_is_kept_and_something_new_is_no_reason_to_ask) {  // [sync-5]
    sell_many(40, 8);
    int answered = 0;
    fault = [&](const auto&, const auto&) -> std::optional<HttpResponse> {
        if (answered++ > 0) return {};
        return fakes::http_answer(503, "", {{"retry-after", "120"}});
    };
    auto& erp = open();  // the other lane's request is under way already, and taken
    run(60 * kSecond);
    EXPECT_EQ(attempts, 2U) << "nobody asks before the time that the service named";
    erp.retry_now();
    run(59 * kSecond);
    EXPECT_EQ(attempts, 2U) << "not even when another service has come back";
    sell("later", "t3");
    erp.wake();
    run(kSecond / 2);
    EXPECT_EQ(attempts, 2U) << "something new is no reason";
    run(40 * kSecond);  // up to a quarter later, so that a fleet does not come back together
    EXPECT_THAT(delivered("erp"), SizeIs(41));
}

TEST_F(DestinationWorld, the_answer_program_reads_what_a_service_says_in_its_own_words) {  // [sync-6]
    sell("good", "t1"), sell("bad", "t2"), sell("late", "t3");
    int answered = 0;
    fault = [&](const auto&, const auto&) -> std::optional<HttpResponse> {
        if (answered++ > 0) return {};
        return fakes::http_answer(200, R"({"ok":["good"],"wrong":{"bad":"no such article"},"retry":["late"]})",
                                  {{"x-run", "7"}});
    };
    auto made = config();
    made.answer = R"(if .body == "" then {} else {items: (
        [.body.ok[] | {id: ., outcome: "delivered"}]
        + [.headers["x-run"] as $run | .body.wrong | to_entries[]
           | {id: .key, outcome: "rejected", reason: (.value + ", run " + $run)}]
        + [.body.retry[] | {id: ., outcome: "again"}])} end)";
    made.lanes = 1;
    open(made);
    run(30 * kSecond);
    const auto rows = journal.rows("erp");
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].number, 2);
    EXPECT_EQ(rows[0].reason, "no such article, run 7");
    EXPECT_THAT(effects["erp"], ElementsAre("late")) << "only what was answered again is sent again";
    EXPECT_EQ(journal.cursor("erp"), 3);
}

TEST_F(DestinationWorld, an_answer_program_that_fails_delivers_nothing) {  // [sync-4]
    sell("a");
    fault = [](const auto&, const auto&) { return fakes::http_answer(200, "{}"); };
    auto made = config();
    made.answer = "error(\"what is this\")";
    auto& erp = open(made);
    run(60 * kSecond);
    EXPECT_EQ(journal.cursor("erp"), 0);
    EXPECT_EQ(erp.status().cause, "service");
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
}

TEST_F(DestinationWorld, what_a_service_repeats_is_not_logged) {  // [agent-13]
    sell_many(100);
    testing::internal::CaptureStderr();
    fault = [](const auto&, const auto&) { return fakes::http_answer(400, "no customer Zsxwq Vbnkjhuytr"); };
    open();
    run(7200 * kSecond);
    const auto rejected = testing::internal::GetCapturedStderr();
    EXPECT_THAT(rejected, HasSubstr("HTTP 400"));
    EXPECT_THAT(rejected, Not(HasSubstr("Zsxwq")));
}

// What jq says of it names the value.
TEST_F(DestinationWorld, an_answer_that_cannot_be_read_is_not_logged) {  // [agent-13]
    sell("a");
    testing::internal::CaptureStderr();
    fault = [](const auto&, const auto&) { return fakes::http_answer(200, R"("Zsxwq Vbnkjhuytr")"); };
    auto made = config();
    made.answer = ".body + 1";
    open(made);
    run(60 * kSecond);
    const auto unreadable = testing::internal::GetCapturedStderr();
    EXPECT_THAT(unreadable, HasSubstr("the answer cannot be read"));
    EXPECT_THAT(unreadable, Not(HasSubstr("Zsxwq")));
}

TEST_F(DestinationWorld, what_only_begins_like_json_delivers_nothing) {  // [sync-4]
    sell("a");
    fault = [](const auto&, const auto&) { return fakes::http_answer(200, "200 OK"); };
    auto& erp = open(config());
    run(60 * kSecond);
    EXPECT_EQ(journal.cursor("erp"), 0) << "a proxy speaks, not the service";
    EXPECT_EQ(erp.status().cause, "service");
}

TEST_F(DestinationWorld, under_which_number_it_was_booked_is_kept) {  // [sync-12]
    const std::vector<std::pair<std::string, std::string>> said{
        {R"("SO 17")", "SO 17"},
        {"4711", "4711"},
        {R"(" SO")", ""},
        {R"("SO\n17")", ""},
        {R"("Ü")", ""},
        {"null", ""},
        {R"(["a"])", ""},
        {'"' + std::string(64, 'x') + '"', std::string(64, 'x')},
        {'"' + std::string(65, 'x') + '"', ""}};
    for (std::size_t i = 0; i < said.size(); ++i) sell("s" + std::to_string(i));
    fault = [&](const auto&, const Received& got) -> std::optional<HttpResponse> {
        std::string items;
        for (const auto& id : got.ids)
            items += (items.empty() ? R"({"id":")" : R"(,{"id":")") + id + R"(","outcome":"delivered","document":)" +
                     said[std::stoul(id.substr(1))].first + '}';
        return fakes::http_answer(200, R"({"items":[)" + items + "]}");
    };
    open(config());
    run(10 * kSecond);
    EXPECT_EQ(journal.cursor("erp"), std::ssize(said));
    for (std::size_t i = 0; i < said.size(); ++i) {
        const auto bookings = journal.bookings(static_cast<storage::JournalNumber>(i) + 1).value();
        EXPECT_EQ(bookings.empty() ? "" : bookings.front().document, said[i].second) << said[i].first;
    }
}

TEST_F(DestinationWorld, a_207_proves_only_what_it_names) {  // [sync-4]
    sell("a", "t1"), sell("b", "t2");
    std::vector<std::size_t> sizes;
    bool names = false;
    fault = [&](const auto&, const Received& got) -> std::optional<HttpResponse> {
        sizes.push_back(got.ids.size());
        if (!names) return fakes::http_answer(207);
        return fakes::http_answer(207, R"({"items":[{"id":"a","outcome":"duplicate"}]})");
    };
    auto made = config();
    made.lanes = 1;
    open(made);
    run(2 * kSecond);
    EXPECT_EQ(journal.cursor("erp"), 0) << "without a body it proves nothing";
    names = true;
    run(120 * kSecond);
    EXPECT_EQ(journal.cursor("erp"), 1) << "b was not named";
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
    fault = nullptr;
    run(120 * kSecond);
    EXPECT_EQ(journal.cursor("erp"), 2);
}

TEST_F(DestinationWorld, what_is_not_subscribed_to_is_passed_by_the_cursor) {
    sell("a"), sell("open", "t1", "", "till_opened"), sell("b", "t1", "", "return"),
        sell("cash", "t1", "", "cash_movement");
    auto made = config();
    made.types = {"sale", "return"};
    open(made);
    run(5 * kSecond);
    EXPECT_THAT(effects["erp"], ElementsAre("a", "b"));
    EXPECT_EQ(journal.cursor("erp"), 4);
}

TEST_F(DestinationWorld, quarantined_ones_and_actions_are_passed_and_released_ones_delivered) {
    const auto put = [&](storage::EntryKind kind, const std::string& id) {
        storage::Entry entry;
        entry.kind = kind;
        entry.till = "t1";
        entry.transaction_id = id;
        entry.type = "sale";
        entry.body = R"({"id":")" + id + R"(","total":1})";
        return journal.append(std::move(entry));
    };
    put(storage::EntryKind::kQuarantined, "doubtful");
    sell("a");
    put(storage::EntryKind::kAction, "decision");
    put(storage::EntryKind::kReleased, "doubtful");
    put(storage::EntryKind::kQuarantined, "worse");
    open();
    run(5 * kSecond);
    EXPECT_THAT(effects["erp"], ElementsAre("a", "doubtful"));
    EXPECT_EQ(journal.cursor("erp"), 5);
}

TEST_F(DestinationWorld, a_journal_that_cannot_be_read_for_a_while_is_read_later) {  // [sync-5]
    auto& erp = open();
    run(kSecond);
    journal.broken = true;
    sell_many(10);
    erp.wake();
    run(60 * kSecond);
    EXPECT_THAT(delivered("erp"), IsEmpty());
    journal.broken = false;
    run(5 * kSecond);  // nobody wakes it
    EXPECT_THAT(delivered("erp"), SizeIs(10));
    EXPECT_EQ(journal.cursor("erp"), 10);
}

TEST_F(DestinationWorld, a_failing_service_does_not_make_the_journal_be_read_again_and_again) {  // [sync-5]
    sell_many(1000);
    fault = [](const auto&, const auto&) { return fakes::http_answer(503); };
    open();
    run(600 * kSecond);
    const auto pages = journal.pages_read;
    const auto before = attempts;
    run(kHour);
    EXPECT_GT(attempts - before, 60U);
    EXPECT_LT(journal.pages_read - pages, (attempts - before) / 4);
    EXPECT_THAT(journal.rows("erp"), IsEmpty());
}

}  // namespace
}  // namespace tillkeeper::sync
