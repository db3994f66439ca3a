#include "agent/daemon.h"

#include <atomic>
#include <csignal>
#include <optional>
#include <thread>
#include <utility>

#include "agent/bus/till_bus.h"
#include "agent/bus/topics.h"
#include "agent/cloud_side.h"
#include "agent/local/control.h"
#include "agent/local/metrics.h"
#include "agent/local/page.h"
#include "platform/crypto.h"
#include "platform/linux-arm/asio_event_loop.h"
#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/microhttpd_server.h"
#include "platform/linux-arm/mosquitto_client.h"
#include "platform/linux-arm/service.h"
#include "platform/linux-arm/startup_memory.h"
#include "platform/linux-arm/system.h"
#include "platform/log.h"
#include "storage/journal.h"
#include "storage/journal_reader.h"
#include "storage/writer.h"

namespace tillkeeper::agent {
namespace {

constexpr unsigned kControlMode = 0660;
constexpr Duration kSettled = std::chrono::seconds(5);          // after the start; connections are made and logged in
constexpr Duration kWakeRests = std::chrono::milliseconds(10);  // how long a sale waits for others before delivery

MqttOptions bus_options(const Config& config) {
    MqttOptions options = config.bus;
    // Mosquitto lets whoever connects under a client id take its session over, whatever their name: the id is as
    // secret as the password, and the same after a restart.
    options.client_id =
        "tillkeeper-" + to_hex(sha256("client id\n" + config.store_id + '\n' + config.bus.password)).substr(0, 24);
    StoreState gone;
    gone.store = config.store_id;
    gone.state = "offline";
    gone.not_accepting = "the agent is not running";
    options.will.topic = kStatusTopic;
    options.will.payload = to_json(gone);
    options.will.retain = true;
    return options;
}

class Assembled final : public Daemon {
  public:
    explicit Assembled(Config config)
        : config_(std::move(config)), device_(make_device()), http_(make_http_client(sync_loop_)) {}

    ~Assembled() override {
        // Whatever runs on a loop goes before the loops do.
        control_server_.reset();
        page_server_.reset();
    }

    Result<void> open() {
        if (auto opened = open_journal(); !opened) return opened;
        const sync::SyncParts parts{sync_loop_, clock_, cloud_random_, *http_, *reader_, *writer_, config_.store_id};
        cloud_.emplace(parts, *device_, config_.data_folder);
        for (auto& destination : config_.destinations)
            if (auto added = cloud_->add(std::move(destination)); !added) return added;
        if (auto served = open_local(); !served) return served;
        open_bus();
        return {};
    }

    Result<void> run() override {
        const auto signals = on_signal(till_loop_, {SIGTERM, SIGINT}, [this](int) { finish(); });
        ignore_broken_pipes();
        std::thread journal_thread([this] { journal_loop_.run(); });
        std::thread sync_thread([this] { sync_loop_.run(); });
        sync_loop_.post([this] { start_cloud(); });
        mqtt_->start();
        notify_ready();
        const auto settled = till_loop_.after(kSettled, [] { release_startup_memory(); });
        log(LogLevel::kNotice, "started", {{"store", config_.store_id}, {"page_port", page_server_->port()}});
        till_loop_.run();
        journal_loop_.stop();
        sync_loop_.stop();
        journal_thread.join();
        sync_thread.join();
        log(LogLevel::kNotice, "stopped", {{"store", config_.store_id}});
        return failure_;
    }

  private:
    Result<void> open_journal() {
        storage::JournalOptions options;
        options.folder = config_.data_folder;
        options.key = config_.journal_key;
        auto journal = storage::Journal::open(options);
        if (!journal) return std::unexpected(journal.error());
        journal_ = std::move(*journal);
        std::vector<std::string> names;
        for (const auto& destination : config_.destinations) names.push_back(destination.name);
        if (auto registered = journal_->register_destinations(names); !registered) return registered;
        auto reader = storage::JournalReader::open(options);
        if (!reader) return std::unexpected(reader.error());
        reader_ = std::move(*reader);
        storage::WriterOptions writing;
        writing.retention = config_.retention;
        writer_ = storage::Writer::make(*journal_, journal_loop_, clock_, writing);
        writer_->on_growth([this](storage::JournalNumber) { wake_cloud(); });
        return {};
    }

    Result<void> open_local() {
        ListenOptions page;
        page.address = config_.page_address;
        page.port = config_.page_port;
        auto page_server = listen(till_loop_, page, [this](ServerRequest request, HttpServer::Reply reply) {
            note_intake();
            reply(serve_page(request, state_, metrics_));
        });
        if (!page_server) return std::unexpected(page_server.error());
        page_server_ = std::move(*page_server);

        control_.emplace(ControlParts{*reader_, *writer_, sync_loop_, clock_, *device_,
                                      [this] {
                                          auto state = cloud_->state();
                                          state.not_accepting = intake_fault();
                                          return to_json(state);
                                      },
                                      [this] { cloud_->wake(); }});
        ListenOptions control;
        control.unix_socket = config_.control_socket;
        control.unix_mode = kControlMode;
        auto control_server = listen(sync_loop_, control, [this](ServerRequest request, HttpServer::Reply reply) {
            control_->handle(std::move(request), std::move(reply));
        });
        if (!control_server) return std::unexpected(control_server.error());
        control_server_ = std::move(*control_server);
        return {};
    }

    void open_bus() {
        mqtt_ = make_mqtt_client(till_loop_, bus_random_, bus_options(config_));
        bus_.emplace(*mqtt_, *writer_, till_loop_, clock_, *device_,
                     BusObserver{[this](Outcome outcome, double seconds) { metrics_.answered(outcome, seconds); }});
        for (const auto filter : TillBus::kFilters) mqtt_->subscribe(std::string(filter));
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
            log(LogLevel::kWarning, "bus lost", {{"reason", reason}});
        };
        events.message = [this](MqttMessage message) { bus_->receive(std::move(message)); };
        mqtt_->on(std::move(events));
    }

    void start_cloud() {
        auto started = cloud_->start([this](StoreState state) {
            till_loop_.post([this, state = std::move(state)]() mutable { show(std::move(state)); });
        });
        if (started) return;
        till_loop_.post([this, error = started.error()] {
            failure_ = std::unexpected(error);
            finish();
        });
    }

    // From the journal thread, once per group: one waiting wake-up is enough. It rests a little, so that a till that
    // waits for its answer does not share the processor with work that gains from company.
    void wake_cloud() {
        if (wake_waits_.exchange(true)) return;
        sync_loop_.post([this] {
            wake_rests_ = sync_loop_.after(kWakeRests, [this] {
                wake_waits_ = false;
                cloud_->wake();
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
        const bool same = message.payload == published_ && mqtt_->connected();
        if (state_.store.empty() || same) return;
        std::string payload = message.payload;
        if (mqtt_->publish(std::move(message))) published_ = std::move(payload);
    }

    // Everything handed over so far is written and answered, then the bus is left.
    void finish() {
        if (std::exchange(finishing_, true)) return;
        notify_stopping();
        journal_loop_.post([this] {
            writer_->flush();
            till_loop_.post([this] {
                mqtt_->stop();
                till_loop_.stop();
            });
        });
    }

    Config config_;
    SystemClock clock_;
    SystemRandom bus_random_;
    SystemRandom cloud_random_;
    std::unique_ptr<Device> device_;
    AsioEventLoop till_loop_;
    AsioEventLoop journal_loop_;
    AsioEventLoop sync_loop_;

    std::unique_ptr<storage::Journal> journal_;
    std::unique_ptr<storage::JournalReader> reader_;  // of the sync loop
    std::unique_ptr<storage::Writer> writer_;

    std::unique_ptr<HttpClient> http_;  // of the sync loop, like the following
    std::optional<CloudSide> cloud_;
    std::optional<Control> control_;
    std::unique_ptr<HttpServer> control_server_;
    std::atomic<bool> wake_waits_{false};
    Timer wake_rests_;

    std::atomic<bool> bus_there_{false};
    std::unique_ptr<MqttClient> mqtt_;  // of the till loop, like the following
    std::optional<TillBus> bus_;
    Metrics metrics_;
    StoreState state_;
    std::string published_;
    std::unique_ptr<HttpServer> page_server_;
    bool finishing_ = false;
    Result<void> failure_;
};

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::make(Config config) {
    auto daemon = std::make_unique<Assembled>(std::move(config));
    if (auto opened = daemon->open(); !opened) return std::unexpected(opened.error());
    return daemon;
}

}  // namespace tillkeeper::agent
