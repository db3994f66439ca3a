// LookupStore: a store for tests of look-ups: a real journal, mirrors in memory, a bus without broker, and a cloud that
// answers when the test says so. Everything on one loop in virtual time. What was said is recorded at the end where
// TILLKEEPER_MESSAGES names a file.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/lookups/lookup_desk.h"
#include "storage/journal.h"
#include "storage/journal_reader.h"
#include "storage/writer.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fakes/fake_mqtt.h"
#include "tests/sync/fake_mirrors.h"

namespace tillkeeper::agent {

// What a MirrorReader says of FakeMirrors.
class MemoryMirrorReader final : public storage::MirrorReader {
  public:
    explicit MemoryMirrorReader(fakes::FakeMirrors& mirrors) : mirrors_(mirrors) {}
    Result<storage::MirrorState> state(const std::string& collection) override {
        if (broken) return fail(ErrorCode::kIo, "told to fail");
        return mirrors_.state(collection);
    }
    Result<storage::MirrorAnswer> look_up(const std::string& collection, const storage::SearchKey& by,
                                          int limit) override;
    Result<std::int64_t> moved(const std::string& collection, const std::string& key,
                               storage::JournalNumber after) override {
        return mirrors_.moved(collection, key, after);
    }

    bool broken = false;
    std::map<std::string, WallTime> put_at;  // by key: fresher than its collection

  private:
    [[nodiscard]] storage::MirrorHit hit(const std::string& collection, const storage::MirrorRow& row,
                                         storage::JournalNumber delivered) const;
    fakes::FakeMirrors& mirrors_;
};

struct Question {
    std::string collection, field, value;
    MonotonicTime deadline;
    std::move_only_function<void(LiveReply)> done;
};

// A cloud that answers when the test says so.
class HandCloud final : public LiveLookup, public sync::LiveSource {
  public:
    [[nodiscard]] bool worth_asking(const std::string&) const override { return there; }
    void ask(const std::string& collection, const std::string& field, const std::string& value, MonotonicTime deadline,
             Done done) override {
        questions.push_back({collection, field, value, deadline, std::move(done)});
    }
    // As sync::LiveSource.
    [[nodiscard]] bool worth_asking() const override { return there; }
    void ask(const std::string& field, const std::string& value, MonotonicTime deadline,
             std::move_only_function<void(sync::LiveAnswer)> done) override {
        questions.push_back({"", field, value, deadline,
                             [done = std::move(done)](LiveReply reply) mutable { done(std::move(reply.answer)); }});
    }
    void answer(sync::LiveAnswer answer) {
        auto question = std::move(questions.front());
        questions.pop_front();
        question.done({std::move(answer), delivered});
    }

    bool there = false;
    storage::JournalNumber delivered = 0;
    std::deque<Question> questions;
};

// Keeps when the test says so, else at once.
class HandKeeper final : public LookupKeeper {
  public:
    void keep(storage::DeferredLookup lookup, Done done) override {
        kept.push_back(std::move(lookup));
        if (by_hand)
            waiting.push_back(std::move(done));
        else if (refuses)
            done(fail(*refuses, "told to fail"));
        else
            done({});
    }
    bool by_hand = false;
    std::optional<ErrorCode> refuses;
    std::vector<storage::DeferredLookup> kept;
    std::deque<Done> waiting;
};

class LookupStore {
  public:
    LookupStore();
    ~LookupStore();

    // members (by card, phone with beginnings), prices, stock, orders; members can be asked live.
    static std::vector<sync::SourceConfig> collections();
    // What the cloud had `ago`; as a full pull brings it.
    void pull(const std::string& collection, const std::vector<storage::MirrorRow>& rows, Duration ago = {},
              storage::JournalNumber delivered = 0);
    // A record with its search keys.
    static storage::MirrorRow row(const std::string& collection, const std::string& key, const std::string& body);

    storage::JournalNumber sell(const std::string& type, const std::string& id, const std::string& more = "",
                                std::vector<storage::Spend> spends = {});
    // Says it on the bus; nothing has happened yet.
    void say(const std::string& till, const std::string& collection, const std::string& request,
             const std::string& response_topic = "", const std::string& correlation = "");
    // Says it, and returns what was answered when nothing is left to do.
    std::string ask(const std::string& collection, const std::string& request);

    std::string folder;
    fakes::FakeClock clock;
    fakes::FakeLoop loop{clock};
    fakes::FakeDevice device;
    fakes::FakeMqtt mqtt;
    fakes::FakeMirrors mirrors;
    MemoryMirrorReader mirror_reader{mirrors};
    std::unique_ptr<storage::Journal> journal;
    std::unique_ptr<storage::JournalReader> reader;
    HandCloud cloud;
    HandKeeper keeper;
    std::vector<sync::SourceConfig> configs = collections();
    std::vector<sync::DestinationConfig> destinations{};
    std::vector<std::string> counted;  // "members found mirror"
    std::unique_ptr<LookupDesk> desk;
    std::vector<MqttMessage> said;
    int sequence = 0;

  private:
    void record();
};

}  // namespace tillkeeper::agent
