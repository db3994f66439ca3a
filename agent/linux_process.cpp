#include "agent/linux_process.h"

#include <csignal>
#include <thread>
#include <utility>

#include "agent/bus_access/bus_certificates.h"
#include "agent/bus_access/client_secret.h"
#include "agent/config/secret_file.h"
#include "agent/daemon.h"
#include "agent/pulse.h"
#include "platform/linux-arm/asio_event_loop.h"
#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/give_way.h"
#include "platform/linux-arm/microhttpd_server.h"
#include "platform/linux-arm/mosquitto_client.h"
#include "platform/linux-arm/mosquitto_publisher.h"
#include "platform/linux-arm/service.h"
#include "platform/linux-arm/spare_memory.h"
#include "platform/linux-arm/sysfs_hardware.h"
#include "platform/linux-arm/system.h"
#include "platform/log.h"

namespace tillkeeper::agent {
namespace {

constexpr unsigned kControlMode = 0660;
constexpr Duration kCertificatesLookedAt = std::chrono::hours(1);
// Memory is given back when connections are made and logged in, and then from minute to minute: a slow box takes longer
// to come to rest, and what a busy minute took is of no use in a quiet one.
constexpr Duration kSettled = std::chrono::seconds(5);
constexpr Duration kGivenBackEach = std::chrono::minutes(1);

class Process final : public LinuxProcess {
  public:
    explicit Process(Config config)
        : config_(std::move(config)),
          device_(make_device("/", config_.clock_set_file)),
          hardware_(make_hardware(config_.sysfs)),
          mqtt_(make_mqtt_client(till_loop_, bus_random_, bus_options(config_))),
          http_(make_http_client(sync_loop_)) {}

    ~Process() override {
        observe_log(nullptr);
        // Whatever runs on a loop goes before the loops do.
        certificates_.reset();
        memory_.reset();
        control_server_.reset();
        page_server_.reset();
    }

    Result<void> open() {
        Machine machine{till_loop_, journal_loop_, sync_loop_, clock_, *device_, *mqtt_, *http_, cloud_random_};
        machine.publisher = [this](MqttBroker broker) {
            return make_mqtt_publisher(sync_loop_, *http_, std::move(broker));
        };
        machine.zone = local_offset;
        machine.slow_loop = &slow_loop_;
        machine.hardware = hardware_.get();
        auto daemon = Daemon::make(config_, std::move(machine));
        if (!daemon) return std::unexpected(std::move(daemon.error()));
        daemon_ = std::move(*daemon);
        observe_log(daemon_->log_observer());
        return open_servers();
    }

    Result<void> run() override {
        const auto signals = on_signal(till_loop_, {SIGTERM, SIGINT}, [this](int) { finish(); });
        ignore_broken_pipes();
        // Timers of the other loops are set before those run.
        certificates_ = sync_loop_.after(kCertificatesLookedAt, [this] { look_after_certificates(); });
        give_memory_back(kSettled);
        std::thread journal_thread([this] { journal_loop_.run(); });
        std::thread sync_thread([this] {
            give_way();  // selling does not wait for syncing, nor for a million members that are pulled
            sync_loop_.run();
        });
        std::thread slow_thread([this] {
            give_way();
            slow_loop_.run();
        });
        daemon_->start([this](Error error) {
            failure_ = std::unexpected(std::move(error));
            finish();
        });
        notify_ready();
        beat();
        log(LogLevel::kNotice, "started", {{"store", config_.store_id}, {"page_port", page_server_->port()}});
        till_loop_.run();
        journal_loop_.stop();
        sync_loop_.stop();
        slow_loop_.stop();
        journal_thread.join();
        sync_thread.join();
        slow_thread.join();
        log(LogLevel::kNotice, "stopped", {{"store", config_.store_id}});
        return failure_;
    }

  private:
    void give_memory_back(Duration wait) {
        memory_ = slow_loop_.after(wait, [this] {
            give_back_spare_memory();
            give_memory_back(kGivenBackEach);
        });
    }

    Result<void> open_servers() {
        ListenOptions page;
        page.address = config_.page_address;
        page.port = config_.page_port;
        page.identity = config_.page_identity;
        auto page_server = listen(till_loop_, page, [this](ServerRequest request, HttpServer::Reply reply) {
            daemon_->page(std::move(request), std::move(reply));
        });
        if (!page_server) return std::unexpected(page_server.error());
        page_server_ = std::move(*page_server);

        ListenOptions control;
        control.unix_socket = config_.control_socket;
        control.unix_mode = kControlMode;
        auto control_server = listen(sync_loop_, control, [this](ServerRequest request, HttpServer::Reply reply) {
            daemon_->control(std::move(request), std::move(reply));
        });
        if (!control_server) return std::unexpected(control_server.error());
        control_server_ = std::move(*control_server);
        return {};
    }

    void look_after_certificates() {
        certificates_ = sync_loop_.after(kCertificatesLookedAt, [this] { look_after_certificates(); });
        if (auto kept = keep_bus_certificates(config_, clock_.wall()); !kept)
            log(LogLevel::kError, "bus certificates", {{"reason", kept.error().message}});
    }

    // Systemd's watchdog is fed by both loops that sales go through, while the others move as well: one that hangs ends
    // the process, and it is started again.
    void beat() {
        const auto interval = watchdog_interval();
        if (!interval) return;
        const auto now = clock_.monotonic();
        sync_loop_.post([this] { pulse_.moved(Pulse::Loop::kSync, clock_.monotonic()); });
        slow_loop_.post([this] { pulse_.moved(Pulse::Loop::kSlow, clock_.monotonic()); });
        if (const auto standing = pulse_.standing(now); !standing.empty())
            log(LogLevel::kError, "a loop stands", {{"loop", std::string(standing)}});
        else
            journal_loop_.post([] { notify_alive(); });
        beat_ = till_loop_.after(*interval, [this] { beat(); });
    }

    void finish() {
        if (std::exchange(finishing_, true)) return;
        notify_stopping();
        daemon_->finish([this] { till_loop_.stop(); });
    }

    Config config_;
    SystemClock clock_;
    SystemRandom bus_random_;
    SystemRandom cloud_random_;
    std::unique_ptr<Device> device_;
    std::unique_ptr<Hardware> hardware_;
    AsioEventLoop till_loop_;
    AsioEventLoop journal_loop_;
    AsioEventLoop sync_loop_;
    AsioEventLoop slow_loop_;
    std::unique_ptr<MqttClient> mqtt_;  // of the till loop
    std::unique_ptr<HttpClient> http_;  // of the sync loop
    std::unique_ptr<Daemon> daemon_;
    std::unique_ptr<HttpServer> page_server_;     // of the till loop
    std::unique_ptr<HttpServer> control_server_;  // of the sync loop
    Pulse pulse_{clock_.monotonic()};
    Timer beat_;          // of the till loop
    Timer certificates_;  // of the sync loop
    Timer memory_;        // of the slow loop: selling does not wait for it
    bool finishing_ = false;
    Result<void> failure_;
};

}  // namespace

Result<std::unique_ptr<LinuxProcess>> LinuxProcess::make(Config config) {
    // No reason not to sell: the certificates that are there may be good for months.
    if (auto kept = keep_bus_certificates(config, SystemClock().wall()); !kept)
        log(LogLevel::kError, "bus certificates", {{"reason", kept.error().message}});
    if (!config.bus.certificate_file.empty()) {
        auto identity = read_config_file(config.bus.certificate_file, true);
        if (!identity) return std::unexpected(identity.error());
        auto secret = client_secret(config.data_folder + "/bus-client");
        if (!secret) return std::unexpected(secret.error());
        config.bus_identity = std::move(*secret);
    }
    auto process = std::make_unique<Process>(std::move(config));
    if (auto opened = process->open(); !opened) return std::unexpected(opened.error());
    return process;
}

}  // namespace tillkeeper::agent
