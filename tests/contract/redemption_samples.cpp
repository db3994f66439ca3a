#include "tests/contract/redemption_samples.h"

#include <string>

#include "tests/agent/loyalty/desk_rig.h"

namespace tillkeeper::contract {
namespace {

using agent::LiveRedemption;
using agent::loyalty_test::DeskRig;

class Conversation {
  public:
    explicit Conversation(DeskRig& rig) : rig_(rig) {}
    void say(const std::string& member, std::int64_t points, const std::string& transaction) {
        rig_.ask("till-1", member, points, transaction, "r-" + std::to_string(++asked_));
    }
    void say(const std::string& payload, const std::string& response_topic = "") {
        rig_.send("till-1", payload, response_topic);
        rig_.loop.run_until_idle();
    }

  private:
    DeskRig& rig_;
    int asked_ = 0;
};

void offline(DeskRig& rig, Conversation& till) {
    rig.member("17850", 1240);
    rig.lease("L-1", "17850", 50);
    till.say("17850", 40, "t-1");
    till.say("17850", 500, "t-2");
    till.say("17850", 1, "t-2");
    till.say("17850", 100, "t-3");
    till.say("nobody", 1, "t-4");
    rig.member("17851", 1);
    till.say("17851", 2, "t-5");
    rig.member("17852", 100, R"(,"closed":true)");
    till.say("17852", 2, "t-6");
    rig.allowance = {};
    rig.restart();
    till.say("17851", 1, "t-7");
}

void live(DeskRig& rig, Conversation& till) {
    using Outcome = LiveRedemption::Outcome;
    rig.engine.there = true;
    rig.engine.answer = [](const auto&, const auto&) { return LiveRedemption{Outcome::kApproved, "", 1140}; };
    till.say("17850", 100, "t-8");
    rig.engine.answer = [](const auto&, const auto&) {
        return LiveRedemption{Outcome::kDeclined, "balance_too_low", 40};
    };
    till.say("17850", 100, "t-9");
    rig.engine.there = false;
}

void refused(DeskRig& rig, Conversation& till) {
    till.say("{}");
    till.say("hello");
    till.say(std::string(5000, ' '));
    till.say(R"({"request_id":"r-90","member_id":"4111 1111 1111 1111","points":1,"transaction_id":"t"})");
    till.say(R"({"request_id":"r-91","member_id":"17850","points":1,"transaction_id":"t"})",
             "tillkeeper/v1/tills/till-2/replies");
    rig.allowance = {.member = 5000, .store = 5000, .unknown_members = true};
    rig.restart();
    rig.writer->failing = ErrorCode::kUnavailable;
    till.say("17850", 1, "t-10");
    rig.writer->failing = ErrorCode::kStorageFull;
    till.say("17850", 1, "t-10");
}

}  // namespace

std::vector<MqttMessage> redemption_samples() {
    DeskRig rig;
    Conversation till(rig);
    offline(rig, till);
    live(rig, till);
    refused(rig, till);
    rig.forget_published();
    auto messages = rig.said;
    messages.insert(messages.end(), rig.heard.begin(), rig.heard.end());
    return messages;
}

}  // namespace tillkeeper::contract
