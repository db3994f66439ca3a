#include "agent/contract/answer.h"

#include <gtest/gtest.h>

namespace tillkeeper::agent {
namespace {

storage::Receipt receipt(storage::Acceptance acceptance) {
    storage::Receipt made;
    made.acceptance = acceptance;
    made.number = 90210;
    made.hash.fill(0xAB);
    return made;
}

TEST(Answer, IsSpelledAsTheContractSpellsIt) {
    std::string hash;
    for (int i = 0; i < 32; ++i) hash += "ab";
    EXPECT_EQ(stored_answer("x-1", receipt(storage::Acceptance::kAccepted), ""),
              R"({"reply_to":"transaction","id":"x-1","outcome":"accepted","journal_number":90210,"hash":")" + hash +
                  R"(","problems":[]})");
    EXPECT_EQ(stored_answer(std::nullopt, receipt(storage::Acceptance::kQuarantined), R"([{"type":"t"}])"),
              R"({"reply_to":"transaction","id":null,"outcome":"quarantined","journal_number":90210,"hash":")" + hash +
                  R"(","problems":[{"type":"t"}]})");
    EXPECT_EQ(
        refused_answer("x\"", Refusal::kBusy, {{"busy", "Not now", "Again.", ""}}, std::chrono::milliseconds(500)),
        R"({"reply_to":"transaction","id":"x\"","outcome":"refused","problem":"busy","retry_after_ms":500,"problems":[)"
        R"({"type":"urn:tillkeeper:problem:busy","title":"Not now","detail":"Again.","pointer":""}]})");
    EXPECT_NE(refused_answer(std::nullopt, Refusal::kMalformed, {}, std::nullopt).find(R"("id":null)"),
              std::string::npos);
    EXPECT_NE(refused_answer(std::nullopt, Refusal::kMalformed, {}, std::nullopt).find(R"("retry_after_ms":null)"),
              std::string::npos);
}

TEST(Answer, NamesAnIdConflict) {
    auto conflicting = receipt(storage::Acceptance::kQuarantined);
    conflicting.id_conflict = true;
    EXPECT_NE(stored_answer("x", conflicting, "").find("urn:tillkeeper:problem:id-conflict"), std::string::npos);
}

}  // namespace
}  // namespace tillkeeper::agent
