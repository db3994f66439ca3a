#include "agent/daemon.h"

#include <atomic>
#include <optional>
#include <utility>

#include "agent/bus/status_topic.h"
#include "agent/bus/till_bus.h"
#include "agent/bus_access/certificate_ends.h"
#include "agent/cloud_side.h"
#include "agent/copy_states.h"
#include "agent/enrolment/logins.h"
#include "agent/fleet_side.h"
#include "agent/known_ends.h"
#include "agent/local/metrics.h"
#include "agent/page/machine.h"
#include "agent/people_side.h"
#include "agent/power_guard.h"
#include "agent/question_side.h"
#include "agent/telemetry/telemetry_side.h"
#include "agent/tills/till_presence.h"
#include "platform/log.h"
#include "storage/journal.h"
#include "storage/journal_reader.h"

namespace tillkeeper::agent {
namespace {

constexpr int kFlushesMax = 100;                                // at the end: more is handed over all the time
constexpr Duration kWakeRests = std::chrono::milliseconds(10);  // how long a sale waits for others before delivery

class Assembled final : public Daemon {
  public:
    Assembled(Config config, Machine machine)
        : config_(std::move(config)),
          machine_(std::move(machine)),
          network_(machine_.http, machine_.sync_loop),
          telemetry_(machine_.till_loop, {machine_.sync_loop, machine_.clock, network_}, config_,
                     [this] { return measure().families(); }) {}

    Result<void> open() {
        if (auto opened = open_journal(); !opened) return opened;
        if (auto given = logins_.give(config_); !given) return given;
        const sync::SyncParts parts{machine_.sync_loop, machine_.clock,     machine_.device, machine_.random,
                                    network_,           *reader_,           *writer_,        config_.store_id,
                                    publisher(),        telemetry_.tracer()};
        cloud_.emplace(parts, machine_.device, config_.data_folder,
                       [this] { return known_ends(config_, questions_->copies(), machine_.clock.wall()); });
        for (const auto& destination : config_.destinations)
            if (auto added = cloud_->add(destination); !added) return added;
        if (auto opened = open_questions(parts); !opened) return opened;
        auto fleet = FleetSide::open({parts, machine_.hardware, config_, [this] { return intake_fault(); }});
        if (!fleet) return std::unexpected(fleet.error());
        fleet_ = std::move(*fleet);
        open_people();
        open_bus();
        metrics_.started(machine_.clock.wall(), storage::schema_version());
        return {};
    }

    void start(std::move_only_function<void(Error)> failed) override {
        failed_ = std::move(failed);
        machine_.sync_loop.post([this] {
            people_->start();
            start_cloud();
            questions_->start();
            fleet_->start();
            telemetry_.start();
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

    LogObserver* log_observer() override { return telemetry_.log_observer(); }

    void page(ServerRequest request, HttpServer::Reply reply) override {
        note_intake();
        if (request.path == "/metrics") measure();
        if (auto answer = answer_machine(request, state_, metrics_)) return reply(std::move(*answer));
        people_->page(std::move(request), {state_, intake(), presence_.all()}, std::move(reply));
    }

    void control(ServerRequest request, HttpServer::Reply reply) override {
        if (PowerGuard::takes(request)) return power_->handle(request, std::move(reply));
        if (is_machine_path(request.path)) return ask_page(std::move(request), std::move(reply));
        people_->control(std::move(request), std::move(reply));
    }

  private:
    // On the till loop, from the sync loop: an answer proves that both run.
    void ask_page(ServerRequest request, HttpServer::Reply reply) {
        machine_.till_loop.post([this, request = std::move(request), reply = std::move(reply)]() mutable {
            page(std::move(request), [this, reply = std::move(reply)](ServerResponse answer) mutable {
                machine_.sync_loop.post(
                    [reply = std::move(reply), answer = std::move(answer)]() mutable { reply(std::move(answer)); });
            });
        });
    }

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

    [[nodiscard]] std::function<std::unique_ptr<MqttPublisher>(MqttBroker)> publisher() {
        if (!machine_.publisher) return {};
        return [this](MqttBroker broker) { return network_.behind(machine_.publisher(std::move(broker))); };
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

    void open_people() {
        EventLoop& slow = machine_.slow_loop != nullptr ? *machine_.slow_loop : machine_.sync_loop;
        people_.emplace(PeopleParts{machine_.till_loop, machine_.sync_loop, slow, machine_.clock, machine_.device,
                                    machine_.zone, config_, *reader_, *writer_, *upkeep_, *cloud_, *questions_,
                                    network_, [this] { return intake_fault(); }, [this] { return presence_.all(); }});
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
                     BusObserver{[this](Outcome outcome, double seconds) { metrics_.answered(outcome, seconds); },
                                 [this](Refusal refusal) { metrics_.refused(refusal); }});
        power_.emplace(PowerParts{machine_.till_loop, machine_.journal_loop, machine_.sync_loop, *bus_, *writer_});
        for (const auto filter : TillBus::kFilters) mqtt.subscribe(std::string(filter));
        mqtt.subscribe(std::string(TillPresence::kFilter));
        for (const auto filter : TillDesks::kFilters) mqtt.subscribe(std::string(filter));
        MqttClient::Events events;
        events.connected = [this] {
            log(LogLevel::kNotice, "bus connected");
            bus_there_ = true;
            status_.forget();  // a restarted broker has forgotten it
            note_intake();
            status_.publish(state_);
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
                state.copies = copy_states(config_.collections, questions_->copies(), machine_.clock.wall());
                fleet_->look(state);
                people_->look(state);
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

    const Metrics& measure() {
        for (const auto& [use, until] : certificate_ends(config_))
            metrics_.certificate(use, until - machine_.clock.wall());
        metrics_.update(telemetry_.dropped());
        if (!state_.store.empty()) metrics_.update(state_);
        return metrics_;
    }

    void show(StoreState state) {
        state_ = std::move(state);
        note_intake();
        people_->note(state_);
        status_.publish(state_);
    }

    void note_intake() { state_.not_accepting = intake_fault(); }

    // "" while transactions can be accepted. Any thread.
    [[nodiscard]] std::string intake_fault() const {
        if (!bus_there_) return "the bus cannot be reached";
        if (power_->failing()) return "the power is failing";
        const auto accepting = writer_->accepting();
        return accepting ? "" : accepting.error().message;
    }

    // The same for people, who need not know more than what to do.
    [[nodiscard]] Intake intake() const {
        if (!bus_there_) return Intake::kNoBus;
        if (power_->failing()) return Intake::kNoPower;
        return intake_of(writer_->accepting());
    }

    Logins logins_;
    Config config_;
    Machine machine_;
    sync::NetworkSwitch network_;  // of the sync loop
    TelemetrySide telemetry_;      // of the sync loop
    storage::JournalOptions disk_;
    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;  // of the sync loop
    std::unique_ptr<storage::Writer> writer_;
    std::optional<storage::Upkeep> upkeep_;

    std::unique_ptr<QuestionSide> questions_;  // of both loops
    std::optional<CloudSide> cloud_;           // of the sync loop
    std::unique_ptr<FleetSide> fleet_;         // of the sync loop
    std::optional<PeopleSide> people_;         // of both loops
    std::atomic<bool> wake_waits_{false};
    Timer wake_rests_;
    std::atomic<bool> bus_there_{false};
    std::optional<TillBus> bus_;  // of the till loop, like the following
    std::optional<PowerGuard> power_;
    TillPresence presence_;
    Metrics metrics_;
    StoreState state_;
    StatusTopic status_{machine_.mqtt};
    std::move_only_function<void(Error)> failed_;
    Task finished_;
};

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::make(Config config, Machine machine) {
    auto daemon = std::make_unique<Assembled>(std::move(config), std::move(machine));
    if (auto opened = daemon->open(); !opened) return std::unexpected(opened.error());
    return daemon;
}

}  // namespace tillkeeper::agent
