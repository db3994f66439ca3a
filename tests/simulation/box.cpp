#include "tests/simulation/box.h"

#include <array>
#include <utility>

#include "platform/certificates.h"
#include "tests/simulation/headquarters.h"
#include "tests/simulation/memory_meter.h"
#include "tests/simulation/step_program.h"

namespace tillkeeper::simulation {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kBallastBytes = 64 * 1024;
constexpr Duration kDoomMax = seconds(1);
constexpr Duration kSupervisorWaits = seconds(1);

// Another one in each process; nothing that happens depends on which.
const std::string& a_key() {
    static const std::string kKey =
        make_authority("a key", std::chrono::sys_days(std::chrono::year(2100) / 1 / 1)).value().key_pem;
    return kKey;
}

}  // namespace

Box::Box(Parts parts, const Story& story) : parts_(std::move(parts)), story_(story), disk_(parts_.random) {
    disk_.on_call = [this](disk::Call call, std::size_t) {
        if (call != disk::Call::kSync) return;
        const bool slow = parts_.schedule.clock.since_start() < sync_costs_until_;
        parts_.schedule.clock.charge(slow ? sync_costs_ : microseconds(200));
    };
    config_.store_id = "0042";
    config_.data_folder = ".";
    if (story.sealed) config_.journal_key = std::string(32, 'k');
    if (story.prunes()) config_.retention = story.retention;
    draw_config(parts_.random);
}

Box::~Box() {
    end_process();
}

void Box::draw_config(Random& random) {
    static constexpr std::array<std::size_t, 4> kBatches{1, 3, 20, 200};
    static constexpr std::array<int, 4> kSpreads{0, 5, 5, 30};
    config_.destinations.clear();
    for (const auto& [name, types] : parts_.promises.systems()) {
        sync::DestinationConfig one;
        one.name = name;
        one.url = "https://" + name + ".cloud.example/transactions";
        one.types.assign(types.begin(), types.end());
        one.proof_by_item = name == "oms";
        if (name == "crm") one.format = sync::EventFormat::kPlain;
        if (name == story_.by_steps()) {
            one.kind = sync::DestinationKind::kSteps;
            one.steps = kStepProgram;
        }
        one.batch_items_max = kBatches[random.below(kBatches.size())];
        one.lanes = 1 + static_cast<int>(random.below(3));
        if (name == story_.live_first()) one.order = sync::DeliveryOrder::kLiveFirst;
        one.gzip = random.below(2) == 0;
        one.pace.reconnect_spread = std::chrono::seconds(kSpreads[random.below(kSpreads.size())]);
        if (story_.login) {
            one.oauth.auth = sync::ClientAuth::kClientSecretBasic;
            one.oauth.token_url = "https://login.cloud.example/token";
            one.oauth.client_id = name;
            one.oauth.client_secret = "secret of " + name;
            if (name == story_.binds()) one.oauth.dpop_key_pem = a_key();
        }
        config_.destinations.push_back(std::move(one));
    }
    furnish_heartbeat();
    parts_.furnish(config_);
}

void Box::furnish_heartbeat() {
    if (story_.heartbeat == Duration{}) return;
    agent::HeartbeatConfig& heartbeat = config_.heartbeat.emplace();
    heartbeat.url = Headquarters::kUrl;
    heartbeat.every = story_.heartbeat;
    if (!story_.login) return;
    heartbeat.oauth.auth = sync::ClientAuth::kClientSecretBasic;
    heartbeat.oauth.token_url = "https://login.cloud.example/token";
    heartbeat.oauth.client_id = "heartbeat";
    heartbeat.oauth.client_secret = "secret of heartbeat";
}

std::string Box::boot_id() const {
    const std::string digits = std::to_string(boots_);
    return std::string(32 - digits.size(), '0') + digits;
}

Result<std::uint64_t> Box::disk_free_bytes(const std::string&) const {
    return disk_.free_bytes();
}

void Box::start() {
    if (daemon_ || stopping_) return;
    ++lives_;
    auto& schedule = parts_.schedule;
    mqtt_ = parts_.broker.make_client();
    storage::WriterOptions writing;
    storage::JournalOptions disk;
    disk.vfs = disk_.vfs();
    disk.ballast_bytes = kBallastBytes;
    disk.wal_room_bytes = story_.small_disk ? 0 : disk.wal_room_bytes;
    if (story_.narrow) writing.waiting_max = writing.group_max = 2;
    MemoryMeter::enter();
    auto daemon = agent::Daemon::make(config_, {schedule.till, schedule.journal, schedule.sync, schedule.clock, *this,
                                                *mqtt_, parts_.network, parts_.random, disk, writing});
    MemoryMeter::leave();
    if (!daemon) {
        parts_.trace.add(schedule.clock.since_start(), "box", "the daemon does not start: " + daemon.error().message);
        note_damage(daemon.error());
        end_process();
        return start_again(kSupervisorWaits);
    }
    daemon_ = std::move(*daemon);
    parts_.trace.add(schedule.clock.since_start(), "box", "the daemon starts");
    on_start();
    daemon_->start([this](const Error& error) {
        parts_.trace.add(parts_.schedule.clock.since_start(), "box", "the daemon gives up: " + error.message);
        note_damage(error);
        doom(Death::kKilled, 0, kSupervisorWaits);
    });
}

// Only a disk that lied may leave a journal that does not open.
void Box::note_damage(const Error& error) {
    if (error.code != ErrorCode::kTooNew && error.code != ErrorCode::kCorrupt) return;
    if (!parts_.promises.lossy()) parts_.promises.broken("[storage-8] the journal does not open: " + error.message);
    ruined_ = true;
}

void Box::start_again(Duration in) {
    parts_.schedule.world.later(in, [this, life = lives_] {
        if (life == lives_) start();
    });
}

void Box::doom(Death death, std::uint64_t calls, Duration away) {
    if (doomed_ > death) return;
    doomed_ = death;
    doomed_until_ = parts_.schedule.clock.since_start() + kDoomMax;
    away_ = away;
    if (death != Death::kStopped) disk_.freeze_after(calls + 1);
    parts_.schedule.world.later(kDoomMax, [] {});  // so that somebody looks
}

void Box::kill(std::uint64_t calls, Duration away) {
    doom(Death::kKilled, calls, away);
}

void Box::cut_power(std::uint64_t calls, disk::Shape shape, Duration away) {
    shape_ = shape;
    doom(Death::kPowerCut, calls, away);
}

void Box::bury() {
    if (doomed_ == Death::kNone) return;
    const bool stopped = doomed_ == Death::kStopped;
    if (!stopped && !disk_.frozen() && parts_.schedule.clock.since_start() < doomed_until_) return;
    const bool power = doomed_ == Death::kPowerCut;
    doomed_ = Death::kNone;
    parts_.trace.add(parts_.schedule.clock.since_start(), "box",
                     stopped ? "the daemon has stopped"
                     : power ? "loses power"
                             : "the daemon is killed");
    end_process(stopped);
    if (power) {
        ++boots_;
        parts_.schedule.clock.reboot();
        disk_.cut_power(shape_);
    } else {
        disk_.restart_process();
    }
    start_again(away_);
}

// What was posted goes first: it may refer to the daemon.
void Box::end_process(bool orderly) {
    if (!orderly) disk_.freeze();  // a dying process writes nothing more
    for (SimulatedLoop* loop : {&parts_.schedule.till, &parts_.schedule.journal, &parts_.schedule.sync}) loop->clear();
    daemon_.reset();
    mqtt_.reset();
    for (SimulatedLoop* loop : {&parts_.schedule.till, &parts_.schedule.journal, &parts_.schedule.sync}) loop->clear();
    disk_.restart_process();
    stopping_ = false;
    on_death();
}

// As a package does: stop, let it finish, start the new one.
void Box::upgrade(Random& random, Duration away) {
    if (!daemon_ || stopping_ || doomed_ != Death::kNone) return;
    stopping_ = true;
    parts_.trace.add(parts_.schedule.clock.since_start(), "box", "the daemon is told to stop");
    draw_config(random);
    parts_.schedule.till.post([this, away] {
        daemon_->finish([this, away] {
            parts_.schedule.world.later({}, [this, away] {
                if (stopping_) doom(Death::kStopped, 0, away);
            });
        });
    });
}

void Box::set_clock_trust(bool trusted) {
    if (trusted == clock_trusted_) return;
    clock_trusted_ = trusted;
    trust_changed_ = parts_.schedule.clock.since_start();
}

std::set<bool> Box::clock_trust_lately() const {
    constexpr Duration kAskedEvery = milliseconds(1100);  // the daemon asks once a second
    std::set<bool> lately{clock_trusted_};
    if (parts_.schedule.clock.since_start() < trust_changed_ + kAskedEvery) lately.insert(!clock_trusted_);
    return lately;
}

void Box::charge_syncs(Duration each, Duration until) {
    sync_costs_ = each;
    sync_costs_until_ = until;
}

std::unique_ptr<storage::JournalReader> Box::read() {
    storage::JournalOptions options;
    options.folder = config_.data_folder;
    options.key = config_.journal_key;
    options.vfs = disk_.vfs();
    auto reader = storage::JournalReader::open(options);
    return reader ? std::move(*reader) : nullptr;
}

}  // namespace tillkeeper::simulation
