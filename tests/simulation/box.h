// Box: the machine in the back room: a disk, a clock, and the daemon on it, which something starts again whenever it is
// not there. Everything that can happen to the machine happens here.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "agent/daemon.h"
#include "platform/device.h"
#include "storage/journal_reader.h"
#include "tests/disk/disk.h"
#include "tests/simulation/broker.h"
#include "tests/simulation/network.h"
#include "tests/simulation/promises.h"
#include "tests/simulation/story.h"

namespace tillkeeper::simulation {

class Box final : public Device {
  public:
    struct Parts {
        Schedule& schedule;
        Random& random;
        Broker& broker;
        Network& network;
        Promises& promises;
        Trace& trace;
        // What the configuration says besides; called again whenever it is drawn anew.
        std::function<void(agent::Config&)> furnish = [](agent::Config&) {};
    };
    Box(Parts parts, const Story& story);
    ~Box() override;

    void start();
    // Kills the daemon before the `calls`-th change from now that it makes to the disk, at the latest a second from
    // now.
    void kill(std::uint64_t calls, Duration away);
    void cut_power(std::uint64_t calls, disk::Shape shape, Duration away);
    void upgrade(Random& random, Duration away);
    // The daemon was told to die and has: takes it away. Call after each step of the schedule.
    void bury();

    void charge_syncs(Duration each, Duration until);
    void set_clock_trust(bool trusted);
    // What the daemon may think of the clock now.
    [[nodiscard]] std::set<bool> clock_trust_lately() const;
    [[nodiscard]] disk::Disk& disk() { return disk_; }
    [[nodiscard]] agent::Daemon* daemon() { return daemon_.get(); }
    // A disk that lied has left a journal that no program can open.
    [[nodiscard]] bool ruined() const { return ruined_; }
    [[nodiscard]] bool running() const { return daemon_ != nullptr; }
    [[nodiscard]] std::uint64_t lives() const { return lives_; }  // how often a daemon was started
    [[nodiscard]] std::uint64_t boots() const { return boots_; }
    // The journal as another process would read it. Null: it cannot be opened.
    [[nodiscard]] std::unique_ptr<storage::JournalReader> read();
    std::function<void()> on_death = [] {};
    std::function<void()> on_start = [] {};

    [[nodiscard]] std::string boot_id() const override;
    [[nodiscard]] bool clock_trusted() const override { return clock_trusted_; }
    [[nodiscard]] bool has_link() const override { return true; }  // what is further away fails in the network
    [[nodiscard]] Result<std::uint64_t> disk_free_bytes(const std::string&) const override;

  private:
    enum class Death : std::uint8_t { kNone, kStopped, kKilled, kPowerCut };
    void doom(Death death, std::uint64_t calls, Duration away);
    void note_damage(const Error& error);
    void draw_config(Random& random);
    void furnish_heartbeat();
    void end_process(bool orderly = false);
    void start_again(Duration in);

    Parts parts_;
    const Story& story_;
    disk::Disk disk_;
    agent::Config config_;
    std::unique_ptr<MqttClient> mqtt_;
    std::unique_ptr<agent::Daemon> daemon_;
    Death doomed_ = Death::kNone;
    Duration doomed_until_{};
    Duration away_{};
    disk::Shape shape_{};
    std::uint64_t boots_ = 1;
    std::uint64_t lives_ = 0;
    bool clock_trusted_ = true;
    Duration trust_changed_ = -std::chrono::hours(1);
    bool stopping_ = false;
    bool ruined_ = false;
    Duration sync_costs_{};
    Duration sync_costs_until_{};
};

}  // namespace tillkeeper::simulation
