// A store with tills that spend points: the real desk, books and journal; the mirrors' copy, the engine and the bus are
// the test's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/loyalty/redemption_desk.h"
#include "storage/journal.h"
#include "tests/agent/loyalty/lease_writer.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fakes/fake_mqtt.h"
#include "tests/storage/folder.h"

namespace tillkeeper::agent::loyalty_test {

// The copy, as the test writes it.
class CopyInMemory final : public storage::MirrorReader {
  public:
    Result<storage::MirrorState> state(const std::string&) override;
    Result<storage::MirrorAnswer> look_up(const std::string& collection, const storage::SearchKey& by,
                                          int limit) override;
    Result<std::int64_t> moved(const std::string& collection, const std::string& key,
                               storage::JournalNumber after) override;

    std::map<std::pair<std::string, std::string>, std::string> records;                 // collection, key
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> leases_by;  // field, value: records
    std::map<std::string, std::int64_t> moves;                                          // by member
};

// Commits at once, answers through the loop.
class WritingAtOnce final : public storage::Writer {
  public:
    explicit WritingAtOnce(storage::Journal& journal) : journal_(journal) {}
    Result<void> offer(storage::NewEntry entry, EventLoop& reply_on, Accepted done) override;
    void report(storage::Progress) override {}
    void report(storage::Progress, EventLoop&, Reported) override {}
    void decide(storage::Decision, EventLoop&, Decided) override {}
    void note_clock(storage::ClockSight) override {}
    void on_growth(std::function<void(storage::JournalNumber)>) override {}
    Result<void> accepting() const override { return {}; }
    void flush() override {}

    std::optional<ErrorCode> failing;  // instead of committing
    bool lose_answers = false;         // commits, but is killed before anybody hears of it

  private:
    storage::Journal& journal_;
};

class Engine final : public LiveRedemptions {
  public:
    [[nodiscard]] bool worth_asking() const override { return there; }
    void ask(const std::string& id, const RedemptionRequest& request,
             std::move_only_function<void(LiveRedemption)> done) override {
        asked.push_back(id);
        done(answer(id, request));
    }
    bool there = false;
    std::vector<std::string> asked;
    std::function<LiveRedemption(const std::string&, const RedemptionRequest&)> answer;
};

// What was said is recorded at the end where TILLKEEPER_MESSAGES names a file, for tests/contract to judge.
struct DeskRig {
    DeskRig();
    ~DeskRig();
    DeskRig(const DeskRig&) = delete;
    DeskRig& operator=(const DeskRig&) = delete;

    // A new desk over the same journal: what was in memory is gone.
    void restart();
    // What the till hears; "" nothing.
    std::string ask(const std::string& till, const std::string& member, std::int64_t points,
                    const std::string& transaction, const std::string& request_id = "r-1");
    void send(const std::string& till, const std::string& payload, const std::string& response_topic = "");
    void member(const std::string& id, std::int64_t points, const std::string& more = "");
    void lease(const std::string& id, const std::string& member, std::int64_t amount,
               std::chrono::seconds lives = std::chrono::hours(24), const std::string& owner = "sub");
    [[nodiscard]] std::vector<storage::Entry> entries(const std::string& type);
    // The loyalty destination has everything up to now.
    void deliver_all();
    [[nodiscard]] std::int64_t spent_by_entries();

    void forget_published();  // but for the record

    std::vector<MqttMessage> said;   // by tills
    std::vector<MqttMessage> heard;  // and published no more

    storage::Folder folder;
    fakes::FakeClock clock;
    fakes::FakeLoop loop{clock};
    fakes::FakeMqtt mqtt;
    fakes::FakeDevice device;
    CopyInMemory copy;
    Engine engine;
    LeaseWriter signer{"2026"};
    Allowance allowance{.member = 500, .store = 1000, .unknown_members = false};
    std::unique_ptr<storage::Journal> journal;
    std::unique_ptr<storage::JournalReader> reader;
    std::unique_ptr<WritingAtOnce> writer;
    std::unique_ptr<LoyaltyBooks> books;
    std::unique_ptr<RedemptionDesk> desk;
};

}  // namespace tillkeeper::agent::loyalty_test
