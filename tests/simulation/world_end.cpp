// World, second half: a story runs, and everything that is owed must be paid at its end.
#include <algorithm>

#include "tests/simulation/memory_meter.h"
#include "tests/simulation/points/points_world.h"
#include "tests/simulation/world.h"

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kStepsMax = 3'000'000;  // of one story: beyond it something keeps itself busy for ever

// Backoff goes up to a minute, for login and delivery; requests that hang end after half a minute; and a backlog that
// leaves one by one starts slowly.
constexpr Duration kPatience = seconds(900);
constexpr Duration kPatienceWithPeople = seconds(1500);
constexpr Duration kLook = milliseconds(500);
constexpr Duration kProgressWaits = seconds(2);
constexpr Duration kQuickly = seconds(3);            // from sale to cloud while nothing is wrong
constexpr Duration kOutageIsWritten = seconds(130);  // its end; what is written prunes
constexpr Duration kRequestMax = seconds(31);

}  // namespace

Ending play(const Story& story, bool keep_lines, const Overhears& overhears) {
    if (story.stores > 0) return PointsWorld(story, keep_lines, overhears).live();
    return World(story, keep_lines, overhears).live();
}

void World::run_until(Duration when) {
    while (promises_.first_broken().empty() && schedule_.step(MonotonicTime(when))) {
        box_->bury();
        if (schedule_.steps() > kStepsMax) promises_.broken("it never comes to rest: a hang");
    }
}

template <typename Condition>
bool World::wait_for(Duration patience, Condition condition) {
    const Duration end = now() + patience;
    while (!condition() && !beyond_help()) {
        if (now() >= end || !promises_.first_broken().empty()) return false;
        run_until(std::min(end, now() + kLook));
    }
    return true;
}

// After a disk that lied the journal may be damaged where only a person can help; then the store is told.
bool World::beyond_help() const {
    const bool says_so = broker_.status.payload.find(R"("accepting":false)") != std::string::npos;
    return box_->ruined() || (promises_.lossy() && says_so);
}

Ending World::live() {
    box_->start();
    for (const Step& step : story_.steps) {
        run_until(step.at);
        told_.look();
        kept_offline_->look();
        power_line_->look();
        if (!promises_.first_broken().empty()) break;
        do_step(step);
    }
    Duration end{};
    for (const Step& step : story_.steps) end = std::max(end, step.at + step.lasts);
    run_until(end);
    told_.look();
    look_at_memory();
    heal();
    outwait();
    if (!beyond_help()) settle_up();
    if (!beyond_help() && !promises_.lossy()) last_sale();
    if (!beyond_help()) check_status();
    if (!beyond_help()) check_headquarters();
    if (!beyond_help()) audit();
    if (!beyond_help()) grow_old();
    Ending ending{.broken = promises_.first_broken(),
                  .hash = trace_.hash(),
                  .steps = schedule_.steps(),
                  .outages = outages_,
                  .sales = sold_,
                  .lived = now(),
                  .lines = trace_.lines()};
    ending.accepted = static_cast<std::uint64_t>(std::ranges::count_if(promises_.sales(), &Sale::told));
    return ending;
}

// At the end of a long night without a cloud: the backlog is on the disk, not in memory.
void World::look_at_memory() {
    constexpr std::int64_t kHeldMax = std::int64_t{5} << 19;  // packing alone takes a quarter MiB for each system
    if (story_.rush && MemoryMeter::held_bytes() > kHeldMax)
        promises_.broken("[sync-5] an outage fills the memory: " + std::to_string(MemoryMeter::held_bytes()) +
                         " bytes");
}

// Nothing goes before its time.
void World::look_at_pruning() {
    const auto reader = box_->read();
    const auto bounds = reader == nullptr ? fail(ErrorCode::kIo, "") : reader->bounds();
    if (bounds) promises_.check_young(bounds->first);
}

// What is delivered and older than its retention goes, some time or other.
void World::grow_old() {
    constexpr std::int64_t kYoungMax = 3;
    if (!promises_.first_broken().empty() || promises_.lossy() || !story_.prunes() || random_.below(3) != 0) return;
    outwait();
    run_until(now() + kOutageIsWritten);
    run_until(now() + std::chrono::minutes(61));                                          // it looks once an hour
    sell_again({.at = now(), .act = Act::kSellAgain, .lasts = {}, .seed = story_.seed});  // something to write
    run_until(now() + seconds(2));
    last_sale();
    run_until(now() + seconds(10));
    const auto reader = box_->read();
    const auto bounds = reader == nullptr ? fail(ErrorCode::kIo, "") : reader->bounds();
    if (bounds && bounds->last - bounds->first > kYoungMax && promises_.first_broken().empty())
        promises_.broken("[storage-8] old entries are never pruned: " + std::to_string(bounds->first) +
                         " is still there");
}

void World::heal() {
    narrate("world", "everything heals");
    promises_.excuse_storage(now());
    told_.cut_off({});
    network_.become(Weather::kFine, {});
    cloud_.heal();
    // Delivery does not need it.
    if (story_.seed % 8 == 5)
        headquarters_.falls_ill(random_, Duration::max());
    else
        headquarters_.heal();
    broker_.come_back();
    box_->disk().heal();
    box_->disk().limit({});
    box_->disk().lie_about_syncs(false);
    box_->charge_syncs({}, {});
    box_->set_clock_trust(true);
    cloud_.times().trust(true);
    schedule_.clock.correct_wall();
}

// What people and the power have asked for ends by itself; nobody has to do anything for it.
void World::outwait() {
    const auto over = [this] { return std::max({kept_offline_->over_by(), power_line_->open_by(), quiet_from_}); };
    while (promises_.first_broken().empty() && now() < over()) {
        run_until(std::min(now() + kLook, over()));
        kept_offline_->look();
        power_line_->look();
    }
}

// "" when tills and systems have all that they are owed.
std::string World::unsettled(bool but_held) {
    if (!box_->running()) return "the daemon does not run";
    for (const auto& till : tills_)
        if (!till->idle()) return "[storage-8] " + till->name() + " cannot get rid of its sales";
    if (const std::string till = promises_.unanswered(); !till.empty())
        return "[agent-2] " + till + " never got an answer to what it handed over";
    if (promises_.lossy()) return {};
    for (const auto& [system, types] : promises_.systems()) {
        const auto missing = promises_.missing_at(system, but_held);
        if (!missing.empty())
            return "[sync-4] " + std::to_string(missing.size()) + " missing at " + system + ": " + missing.front();
    }
    return {};
}

// First without anybody's help: all that may flow must have flowed. Then with a person, until nothing is held.
void World::settle_up() {
    std::string open;
    if (!wait_for(kPatience, [&] { return (open = unsettled(true)).empty(); }))
        return promises_.broken("after everything healed: " + open);
    run_until(now() + kProgressWaits);  // what was settled last shows in the journal
    check_queue_told();
    person_->forget();
    std::uint64_t look = story_.seed;
    Duration next{};
    const bool settled = wait_for(kPatienceWithPeople, [&] {
        if (now() >= next) {
            person_->look(++look, 100);
            next = now() + seconds(20);
        }
        open = unsettled(false);
        return open.empty() && person_->saw_nothing();
    });
    if (settled && !promises_.lossy() && !promises_.unseen().empty())
        promises_.broken("[storage-2] in quarantine, and never shown: " + promises_.unseen());
    if (!settled && promises_.first_broken().empty()) promises_.broken("after a person decided: " + open);
}

// What waits for a person shows on the status.
void World::check_queue_told() {
    if (promises_.lossy()) return;
    const bool agreed = wait_for(seconds(20), [&] {
        if (person_->looked() && told_.agrees(person_->quarantined(), person_->held())) return true;
        person_->look(0, 0);
        return false;
    });
    promises_.check(agreed, "[agent-8] a person sees " + std::to_string(person_->quarantined()) + " quarantined, " +
                                std::to_string(person_->held()) +
                                " held, and the status says: " + broker_.status.payload);
}

// The network is there and nothing is wrong: a sale is in the cloud soon, without a second one to push it.
void World::last_sale() {
    for (const Duration patience : {kPatience, kQuickly}) {
        if (!promises_.first_broken().empty()) return;
        // What still waits for an answer from the bad times gives up meanwhile, a login for instance.
        if (patience == kQuickly) run_until(now() + kRequestMax);
        SaleDraft draft;
        draft.till = tills_.front()->name();
        draft.sequence = tills_.front()->next_sequence();
        draft.id = "last:" + std::to_string(++sold_);
        draft.occurred_at = schedule_.clock.wall();
        Sale& sale = promises_.add(make_sale(draft, random_));
        tills_.front()->sell(sale);
        const auto arrived = [&] {
            return std::ranges::all_of(promises_.systems(), [&](const auto& system) {
                return !promises_.wants(system.first, sale) || sale.at[system.first].effects > 0;
            });
        };
        if (!wait_for(patience, arrived))
            promises_.broken("[sync-4] a sale does not reach the cloud although all is well");
    }
}

// What the store is told must be true.
void World::check_status() {
    kept_offline_->look();
    power_line_->look();
    if (!promises_.first_broken().empty()) return;
    const auto calm = [&] {
        const auto status = lab::Json::parse(broker_.status.payload);
        return status["state"].text() == "online" && status["safe"].number() == 0 &&
               (promises_.lossy() || status["held"].number() == 0) &&
               (promises_.lossy() || status["quarantined"].number() == 0) && status["accepting"].is_true();
    };
    if (!wait_for(promises_.lossy() ? kPatience : seconds(20), calm))  // then nobody has waited yet
        promises_.broken("[agent-8] all is well, and the status says: " + broker_.status.payload);
    promises_.check(promises_.unanswered().empty(),
                    "[agent-2] " + promises_.unanswered() + " never got an answer to what it handed over");
}

// A word of it comes by itself, unless nobody listens any more.
void World::check_headquarters() {
    if (!promises_.first_broken().empty() || promises_.lossy()) return;
    if (!headquarters_.listens() || headquarters_.gone()) return;
    headquarters_.forget();
    if (!wait_for(headquarters_.patience(), [this] { return headquarters_.knows_all_is_well(); }))
        promises_.broken("[agent-107] all is well, and headquarters does not hear of it");
}

void World::audit() {
    if (!promises_.first_broken().empty()) return;
    if (const auto seen = box_->disk().violations(); !seen.empty() && !promises_.lossy())
        return promises_.broken("[storage-1] " + seen.front());
    if (random_.below(2) == 0) {
        box_->cut_power(random_.below(3), disk::Shape::kNothingUnsynced, seconds(1));
        if (!wait_for(kPatience,
                      [&] { return box_->running() && broker_.status.payload.find("true") != std::string::npos; }))
            return promises_.broken("[storage-8] it does not come back after the last power cut");
    }
    const auto reader = box_->read();
    if (reader == nullptr) return promises_.broken("[storage-8] the journal cannot be opened");
    promises_.audit(*reader);
    const auto known = [&] { return reader->clock_offset(box_->boot_id()).value_or(std::nullopt).has_value(); };
    if (box_->running() && !promises_.lossy() && !wait_for(kPatience, known))
        promises_.broken("[sync-8] the time of this boot is not remembered");
}

}  // namespace tillkeeper::simulation
