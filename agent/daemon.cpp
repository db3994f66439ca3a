#include "agent/daemon.h"

#include <atomic>
#include <optional>
#include <utility>

#include "agent/bus/till_bus.h"
#include "agent/bus/topics.h"
#include "agent/bus_access/certificate_ends.h"
#include "agent/cloud_side.h"
#include "agent/contract/problem.h"
#include "agent/enrolment/logins.h"
#include "agent/local/control.h"
#include "agent/local/metrics.h"
#include "agent/local/page.h"
#include "agent/privacy/erasures.h"
#include "agent/privacy/journal_keys.h"
#include "agent/question_side.h"
#include "agent/tills/till_feed.h"
#include "agent/tills/till_presence.h"
#include "agent/tills/tills_json.h"
#include "platform/crypto.h"
#include "platform/log.h"
#include "storage/journal.h"
#include "storage/journal_reader.h"

namespace tillkeeper::agent {
namespace {

constexpr int kFlushesMax = 100;                                // at the end: more is handed over all the time
constexpr Duration kWakeRests = std::chrono::milliseconds(10);  // how long a sale waits for others before delivery

class Assembled final : public Daemon {
  public:
    Assembled(Config config, Machine machine) : config_(std::move(config)), machine_(std::move(machine)) {}

    Result<void> open() {
        if (auto opened = open_journal(); !opened) return opened;
        if (auto given = logins_.give(config_); !given) return given;
        const sync::SyncParts parts{machine_.sync_loop, machine_.clock,   machine_.device,
                                    machine_.random,    machine_.http,    *reader_,
                                    *writer_,           config_.store_id, machine_.publisher};
        cloud_.emplace(parts, machine_.device, config_.data_folder);
        for (const auto& destination : config_.destinations)
            if (auto added = cloud_->add(destination); !added) return added;
        open_control();
        if (auto opened = open_questions(parts); !opened) return opened;
        open_bus();
        return {};
    }

    void start(std::move_only_function<void(Error)> failed) override {
        failed_ = std::move(failed);
        machine_.sync_loop.post([this] {
            keys_->start();
            start_cloud();
            questions_->start();
        });
        questions_->start_desks();
        machine_.mqtt.start();
    }

    // Everything handed over so far is written and answered, then the bus is left.
    void finish(Task finished) override {
        finished_ = std::move(finished);
        if (logins_.empty()) return write_what_waits(kFlushesMax);
        logins_.when_settled(machine_.sync_loop,
                             [this] { machine_.till_loop.post([this] { write_what_waits(kFlushesMax); }); });
    }

    ServerResponse page(const ServerRequest& request) override {
        if (request.path == "/metrics")
            for (const auto& [use, until] : certificate_ends(config_))
                metrics_.certificate(use, until - machine_.clock.wall());
        note_intake();
        return serve_page(request, state_, metrics_);
    }

    void control(ServerRequest request, HttpServer::Reply reply) override {
        if (request.path == "/erasures") return erasures_->handle(request, std::move(reply));
        if (request.path.starts_with("/keys")) return keys_->handle(request, std::move(reply));
        control_->handle(std::move(request), std::move(reply));
    }

  private:
    // The bus lets more of a till in as answers come, so that one flush may not be all.
    void write_what_waits(int flushes) {
        machine_.journal_loop.post([this, flushes] {
            writer_->flush();
            machine_.till_loop.post([this, flushes] {
                if (flushes > 1 && bus_->waiting()) return write_what_waits(flushes - 1);
                machine_.mqtt.stop();
                finished_();
            });
        });
    }

    Result<void> open_journal() {
        storage::JournalOptions& options = disk_ = machine_.disk;
        options.folder = config_.data_folder;
        options.key = config_.journal_key;
        options.older_keys = config_.older_journal_keys;
        options.device = &machine_.device;
        auto journal = storage::Journal::open(options);
        if (!journal) return std::unexpected(journal.error());
        journal_ = std::move(*journal);
        std::vector<std::string> names;
        for (const auto& destination : config_.destinations) names.push_back(destination.name);
        if (auto registered = journal_->register_destinations(names); !registered) return registered;
        auto reader = storage::JournalReader::open(options);
        if (!reader) return std::unexpected(reader.error());
        reader_ = std::move(*reader);
        storage::WriterOptions writing = machine_.writing;
        writing.retention = config_.retention;
        writer_ = storage::Writer::make(*journal_, machine_.journal_loop, machine_.clock, writing);
        writer_->on_growth([this](storage::JournalNumber) { wake_cloud(); });
        upkeep_.emplace(*journal_, machine_.journal_loop, [this] { wake_cloud(); });
        return {};
    }

    void open_control() {
        erasures_.emplace(ErasureParts{*upkeep_, *reader_, machine_.sync_loop, machine_.clock, machine_.device,
                                       config_.privacy_keep,
                                       [this](const std::string& member) { return questions_->erase_member(member); }});
        keys_.emplace(KeyParts{
            *upkeep_,
            *reader_,
            machine_.sync_loop,
            config_.journal_key_file,
            {config_.journal_key, config_.older_journal_keys},
            [this](storage::BodyKeys keys, Task then) { questions_->use_keys(std::move(keys), std::move(then)); },
            [this](const storage::BodyKeys& keys) { return questions_->change_keys(keys); }});
        control_.emplace(ControlParts{*reader_, *writer_, machine_.sync_loop, machine_.clock, machine_.device,
                                      [this] {
                                          auto state = cloud_->state();
                                          state.not_accepting = intake_fault();
                                          return to_json(state);
                                      },
                                      [this](HttpServer::Reply reply) { tell_tills(std::move(reply)); },
                                      [this] { cloud_->wake(); }, [this] { cloud_->retry_now(); }});
        till_feed_.emplace(*reader_);
    }

    // The journal's side is known on the sync loop, the bus's on the till loop.
    void tell_tills(HttpServer::Reply reply) {
        till_feed_->catch_up(machine_.sync_loop, [this, reply = std::move(reply)](Result<void> read) mutable {
            if (!read) return reply({.status = 503, .body = "{\"error\":" + quoted(read.error().message) + '}'});
            machine_.till_loop.post([this, reply = std::move(reply)]() mutable {
                machine_.sync_loop.post([this, seen = presence_.all(), reply = std::move(reply)]() mutable {
                    reply({.body = tills_json(till_feed_->known(), till_feed_->up_to(), seen)});
                });
            });
        });
    }

    Result<void> open_questions(const sync::SyncParts& sync) {
        auto questions = QuestionSide::open(
            {sync, machine_.till_loop, machine_.mqtt, config_, disk_, [this] { return cloud_->catches_up(); },
             [this](const std::string& destination) { return cloud_->delivered(destination); },
             [this](const std::string& collection, LookupOutcome outcome, LookupSource source) {
                 metrics_.looked_up(collection, outcome, source);
             }});
        if (!questions) return std::unexpected(questions.error());
        questions_ = std::move(*questions);
        return {};
    }

    void open_bus() {
        MqttClient& mqtt = machine_.mqtt;
        bus_.emplace(mqtt, *writer_, machine_.till_loop, machine_.clock, machine_.device,
                     BusObserver{[this](Outcome outcome, double seconds) { metrics_.answered(outcome, seconds); }});
        for (const auto filter : TillBus::kFilters) mqtt.subscribe(std::string(filter));
        mqtt.subscribe(std::string(TillPresence::kFilter));
        for (const auto filter : TillDesks::kFilters) mqtt.subscribe(std::string(filter));
        MqttClient::Events events;
        events.connected = [this] {
            log(LogLevel::kNotice, "bus connected");
            bus_there_ = true;
            published_.clear();  // a restarted broker has forgotten it
            note_intake();
            publish_status();
        };
        events.disconnected = [this](std::string_view reason) {
            bus_there_ = false;
            presence_.forget_states();
            log(LogLevel::kWarning, "bus lost", {{"reason", reason}});
        };
        events.message = [this](MqttMessage message) {
            presence_.heard(message, machine_.clock.wall());
            if (TillBus::takes(message))
                bus_->receive(std::move(message));
            else
                questions_->receive(std::move(message));
        };
        mqtt.on(std::move(events));
    }

    void start_cloud() {
        auto started = cloud_->start(
            [this](StoreState state) {
                machine_.till_loop.post([this, state = std::move(state)]() mutable { show(std::move(state)); });
            },
            [this] { questions_->network_back(); });
        if (!started) machine_.till_loop.post([this, error = started.error()] { failed_(error); });
    }

    // From the journal thread, once per group: one waiting wake-up is enough. It rests a little, so that a till that
    // waits for its answer does not share the processor with work that gains from company.
    void wake_cloud() {
        if (wake_waits_.exchange(true)) return;
        machine_.sync_loop.post([this] {
            wake_rests_ = machine_.sync_loop.after(kWakeRests, [this] {
                wake_waits_ = false;
                cloud_->wake();
                questions_->wake();
            });
        });
    }

    void show(StoreState state) {
        state_ = std::move(state);
        note_intake();
        metrics_.update(state_);
        publish_status();
    }

    void note_intake() { state_.not_accepting = intake_fault(); }

    // "" while transactions can be accepted. Any thread.
    [[nodiscard]] std::string intake_fault() const {
        if (!bus_there_) return "the bus cannot be reached";
        const auto accepting = writer_->accepting();
        return accepting ? "" : accepting.error().message;
    }

    // Retained, and only when it says something new.
    void publish_status() {
        MqttMessage message;
        message.topic = kStatusTopic;
        message.payload = to_json(state_);
        message.retain = true;
        const bool same = message.payload == published_ && machine_.mqtt.connected();
        if (state_.store.empty() || same) return;
        std::string payload = message.payload;
        if (machine_.mqtt.publish(std::move(message))) published_ = std::move(payload);
    }

    Logins logins_;
    Config config_;
    Machine machine_;
    storage::JournalOptions disk_;
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;  // of the sync loop
    std::unique_ptr<storage::Writer> writer_;
    std::optional<storage::Upkeep> upkeep_;

    std::unique_ptr<QuestionSide> questions_;  // of both loops
    std::optional<CloudSide> cloud_;           // of the sync loop, like the following
    std::optional<Control> control_;
    std::optional<Erasures> erasures_;
    std::optional<JournalKeys> keys_;
    std::optional<TillFeed> till_feed_;
    std::atomic<bool> wake_waits_{false};
    Timer wake_rests_;

    std::atomic<bool> bus_there_{false};
    std::optional<TillBus> bus_;  // of the till loop, like the following
    TillPresence presence_;
    Metrics metrics_;
    StoreState state_;
    std::string published_;
    std::move_only_function<void(Error)> failed_;
    Task finished_;
};

}  // namespace

MqttOptions bus_options(const Config& config) {
    MqttOptions options = config.bus;
    // Mosquitto lets whoever connects under a client id take its session over, whatever their name: the id is as
    // secret as the password, and the same after a restart.
    options.client_id =
        "tillkeeper-" + to_hex(sha256("client id\n" + config.store_id + '\n' + config.bus_identity)).substr(0, 24);
    StoreState gone;
    gone.store = config.store_id;
    gone.state = "offline";
    gone.not_accepting = "the agent is not running";
    options.will.topic = kStatusTopic;
    options.will.payload = to_json(gone);
    options.will.retain = true;
    return options;
}

Result<std::unique_ptr<Daemon>> Daemon::make(Config config, Machine machine) {
    auto daemon = std::make_unique<Assembled>(std::move(config), std::move(machine));
    if (auto opened = daemon->open(); !opened) return std::unexpected(opened.error());
    return daemon;
}

}  // namespace tillkeeper::agent
