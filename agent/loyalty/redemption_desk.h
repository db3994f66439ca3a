// RedemptionDesk: the conversation with tills about spending points.
//
// Asks the loyalty engine, and when it does not answer in time decides by the store's books. An approval is answered
// after it is stored and synced; a repeated question gets the same answer [agent-17]. Ownership: everything passed in
// outlives it. Thread: the till loop.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/bus/return_address.h"
#include "agent/loyalty/live_redemptions.h"
#include "agent/loyalty/loyalty_books.h"
#include "platform/event_loop.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

struct RedemptionParts {
    MqttClient& mqtt;
    storage::Writer& writer;
    EventLoop& loop;
    const Clock& clock;
    const Device& device;
    LoyaltyBooks& books;
    LiveRedemptions* live;  // null: never asked
    Allowance allowance;
};

class RedemptionDesk {
  public:
    explicit RedemptionDesk(RedemptionParts parts);
    ~RedemptionDesk();
    RedemptionDesk(const RedemptionDesk&) = delete;
    RedemptionDesk& operator=(const RedemptionDesk&) = delete;

    // Takes what came on a till's topic `redemptions`, leaves all else.
    void receive(MqttMessage message);
    // Conversations under way.
    [[nodiscard]] std::size_t open() const { return conversations_.size(); }

    static constexpr std::string_view kFilter = "tillkeeper/v1/tills/+/redemptions";

  private:
    struct Asker {
        ReturnAddress to;
        RedemptionRequest request;
    };
    struct Conversation;

    void examine(const std::string& till, ReturnAddress to, std::string_view payload);
    void begin(const std::string& till, Asker asker);
    void voided(const std::string& id);
    [[nodiscard]] Result<std::string> id_of(const RedemptionRequest& request);
    // True: the asker was answered, or waits with another one.
    [[nodiscard]] bool known(const std::string& id, Asker& asker);
    void heard(const std::string& id, LiveRedemption answer);
    void decide(const std::string& id);
    void decline(const std::string& id, std::string reason, std::optional<std::int64_t> balance);
    void approve(const std::string& id, ApprovedRedemption approved, std::vector<storage::Spend> spends);
    void stored(const std::string& id, const ApprovedRedemption& approved, Result<storage::Receipt> receipt);
    void end_with_declined(const std::string& id, bool live, std::string_view reason,
                           std::optional<std::int64_t> balance);
    void end_with_refused(const std::string& id, const Error& error);
    [[nodiscard]] storage::NewEntry entry_of(const Conversation& about, std::string id, std::string type,
                                             std::string body);
    void refuse(ReturnAddress to, const std::optional<std::string>& request_id, Refusal refusal,
                const std::vector<Problem>& problems);
    void reply(ReturnAddress to, std::string payload);
    template <typename Words>
    void end(const std::string& id, Words words);  // words(asker): each one's answer

    RedemptionParts parts_;
    std::map<std::string, std::unique_ptr<Conversation>> conversations_;  // by redemption id
    std::set<std::string> unasked_;  // redemption ids that the engine has certainly never heard of
};

}  // namespace tillkeeper::agent
