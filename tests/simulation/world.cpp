// World, first half: a shop is built, and things happen to it.
#include "tests/simulation/world.h"

#include <algorithm>
#include <array>

namespace tillkeeper::simulation {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array kTillNames{"t1", "till-2", "Kasse_3", "the_till_at_the_door_of_the_shop"};

std::string uuid(std::uint64_t counter) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "0193485e-%04x-7c1e-9d59-%012llx", static_cast<unsigned>(counter & 0xffffU),
                  static_cast<unsigned long long>(counter));
    return text.data();
}

std::string in_seconds(Duration duration) {
    return std::to_string(duration.count() / 1'000'000) + '.' + std::to_string(duration.count() / 100'000 % 10) + " s";
}

}  // namespace

World::World(const Story& story, bool keep_lines, const Overhears& overhears)
    : story_(story),
      random_(story.seed),
      trace_(keep_lines),
      headquarters_({schedule_, random_, promises_, trace_}, story.heartbeat) {
    build_systems();
    promises_.excuse_order(story_.live_first());
    if (story.prunes()) promises_.may_forget();
    box_ = std::make_unique<Box>(Box::Parts{schedule_, random_, broker_, network_, promises_, trace_}, story_);
    person_ = std::make_unique<Person>(Person::Parts{schedule_, *box_, promises_, trace_});
    kept_offline_ = std::make_unique<KeptOffline>(KeptOffline::Parts{schedule_, *box_, promises_, trace_});
    power_line_ = std::make_unique<PowerLine>(PowerLine::Parts{schedule_, *box_, promises_, trace_});
    promises_.on_told = [this](const Told& told) { power_line_->answered(told); };
    promises_.closed = [this] { return power_line_->may_be_closed(); };
    promises_.clock_trust = [this] { return box_->clock_trust_lately(); };
    if (story.narrow) promises_.excuse_busy();
    if (story.prunes()) promises_.keep_for(story.retention);
    listen(overhears);
    const SimulatedTill::Parts parts{schedule_, random_, broker_, promises_, trace_};
    for (int till = 1; till <= story_.tills; ++till)
        tills_.push_back(
            std::make_unique<SimulatedTill>(parts, kTillNames[static_cast<std::size_t>(till - 1)], story_.in_flight));
}

void World::listen(const Overhears& overhears) {
    box_->on_start = [this] {
        kept_offline_->box_started();
        power_line_->box_started();
    };
    box_->on_death = [this] {
        told_.disturbed();
        kept_offline_->box_died();
        power_line_->disturbed();
        cloud_.box_died();
        headquarters_.box_died();
    };
    broker_.on_daemon_lost = [this] {
        told_.disturbed();
        kept_offline_->disturbed();
        power_line_->disturbed();
        promises_.connection_lost();
    };
    broker_.on_handed_over = [this, overhears](const MqttMessage& message) {
        if (overhears) overhears(message);
        if (Sale* sale = promises_.with_key(message.correlation_data)) promises_.handed_over(sale->till, *sale);
    };
    broker_.on_said = [this, overhears](const MqttMessage& message) {
        if (overhears) overhears(message);
        if (message.retain) {
            if (broker_.daemon_connected()) kept_offline_->heard(message.payload);
            if (broker_.daemon_connected()) power_line_->heard(message.payload);
            return told_.heard(message.payload);
        }
        const Sale* sale = promises_.with_key(message.correlation_data);
        if (sale == nullptr) return promises_.broken("[agent-2] an answer to nobody: " + message.payload);
        const bool own = !sale->reply_topic.empty() && sale->fate != Fate::kNotYours;
        const std::string topic = own ? sale->reply_topic : "tillkeeper/v1/tills/" + sale->till + "/replies";
        promises_.check(message.topic == topic, "[agent-2] an answer on a foreign topic: " + message.topic);
        promises_.answered(sale->till, message.correlation_data, message.payload);
        told_.answered(message.payload);
    };
    network_.cloud = [this](const HttpRequest& request, Duration sent_at) {
        return Headquarters::is(request.url) ? headquarters_.serve(request) : cloud_.serve(request, sent_at);
    };
    network_.on_sent = [this](const HttpRequest& request) {
        if (kept_offline_->sent(request.url)) cloud_.forget_paces();
        Headquarters::is(request.url) ? headquarters_.sent() : cloud_.sent(request);
    };
    network_.on_heard = [this](const HttpRequest& request, const HttpResponse& response) {
        Headquarters::is(request.url) ? headquarters_.heard(response) : cloud_.heard(request, response);
    };
}

void World::build_systems() {
    static constexpr std::array<const char*, 3> kNames{"erp", "oms", "crm"};
    for (int i = 0; i < story_.systems; ++i) {
        System system;
        system.name = kNames[static_cast<std::size_t>(i)];
        system.by_item = system.name == "oms";
        system.one_by_one = system.name == "crm";
        system.by_steps = system.name == story_.by_steps();
        system.binds = system.name == story_.binds();
        cloud_.add(system);
        promises_.subscribe(system.name,
                            system.one_by_one ? std::set<std::string>{"sale", "return"} : std::set<std::string>{});
    }
    if (story_.login) cloud_.require_login();
}

void World::narrate(std::string_view who, std::string what) {
    trace_.add(now(), who, what);
}

void World::do_step(const Step& step) {
    if (is_outage(step.act)) ++outages_;
    fakes::SeededRandom random(step.seed);
    switch (step.act) {
        case Act::kSell:
            return sell(step);
        case Act::kSellAgain:
            return sell_again(step);
        case Act::kTillDies:
            narrate("till", "loses power for " + in_seconds(step.lasts));
            return tills_[random.below(tills_.size())]->die(step.lasts, random.below(3) == 0);
        case Act::kNetwork:
        case Act::kSystem:
        case Act::kLogin:
            return disturb_cloud(step);
        case Act::kBroker:
            kept_offline_->disturbed();
            power_line_->disturbed();
            broker_.crash();
            return schedule_.world.later(step.lasts, [this] { broker_.come_back(); });
        case Act::kKill:
        case Act::kPowerCut:
        case Act::kUpgrade:
            return strike_box(step);
        case Act::kKeptOffline:
            return keep_offline(step);
        case Act::kPowerFails:
            return warn_of_power(step);
        case Act::kHeadquarters:
            return headquarters_.falls_ill(random, now() + step.lasts);
        case Act::kClock:
            return set_clock(step, step.lasts, random.below(3) == 0);
        case Act::kPerson:
            return person_->look(step.seed, 60);
        default:
            return disturb_disk(step);
    }
}

void World::sell(const Step& step) {
    if (story_.prunes() && sold_ % 3 == 0) look_at_pruning();
    fakes::SeededRandom random(step.seed);
    SimulatedTill& till = *tills_[random.below(tills_.size())];
    SaleDraft draft;
    draft.till = till.name();
    draft.sequence = till.next_sequence();
    draft.id = random.below(5) == 0 ? "R-" + std::to_string(sold_) + ':' + till.name() : uuid(sold_ * 3);
    draft.short_id = "q" + std::to_string(sold_);
    draft.occurred_at = schedule_.clock.wall();
    const auto draw = random.below(1000);
    auto& sales = promises_.sales();
    Sale* earlier = sales.empty() ? nullptr : &sales[random.below(sales.size())];
    const bool has_model = earlier != nullptr && earlier->fate == Fate::kFine;
    const bool remembered = has_model && earlier->told && !promises_.forgetful() && !promises_.lossy();
    draft.large = draw == 500 || (story_.rush && random.below(4) != 0);
    if (draw < 30)
        draft.fate = Fate::kQuarantined;
    else if (draw < 50)
        draft.fate = Fate::kCardNumber;
    else if (draw < 65)
        draft.fate = Fate::kMalformed;
    else if (draw < 68)
        draft.fate = Fate::kTooLarge;
    else if (draw < 75)
        draft.fate = Fate::kNotYours;
    else if (draw < 110)
        draft.poison = std::next(promises_.systems().begin(),
                                 static_cast<std::ptrdiff_t>(random.below(promises_.systems().size())))
                           ->first;
    else if (draw < 250 && has_model)
        draft.refers_to = refer_to(*earlier, random);
    // Another one under the same id can be told from the first only once that one is stored.
    else if (draw < 280 && remembered && earlier->poison.empty() && earlier->refers_to.empty()) {
        draft.fate = Fate::kConflict;
        draft.id = earlier->id;
    }
    ++sold_;
    till.sell(promises_.add(make_sale(draft, random)));
}

// Rather to one that is held somewhere, if there is one: that is where it matters.
std::string World::refer_to(const Sale& earlier, Random& random) {
    if (random.below(2) == 0)
        for (const Sale& sale : promises_.sales())
            if (!sale.poison.empty() && random.below(2) == 0) return sale.id;
    return earlier.id;
}

void World::sell_again(const Step& step) {
    fakes::SeededRandom random(step.seed);
    auto& sales = promises_.sales();
    if (sales.empty()) return;
    Sale& sale = sales[random.below(sales.size())];
    for (auto& till : tills_)
        if (sale.settled && till->name() == sale.till) till->sell_again(sale);
}

void World::disturb_cloud(const Step& step) {
    fakes::SeededRandom random(step.seed);
    const Duration until = now() + step.lasts;
    if (step.act == Act::kNetwork) {
        auto weather = static_cast<Weather>(1 + random.below(kWeathers - 1));
        // A long one is mostly a plain one: then the pace of asking can be judged.
        if (story_.rush || (step.lasts > std::chrono::minutes(10) && random.below(4) != 0)) weather = Weather::kNoRoute;
        if (network_.bad_until() > until) return;  // one outage inside another
        narrate("network", "is " + std::string(name_of(weather)) + " for " + in_seconds(step.lasts));
        const bool cut = weather == Weather::kNoRoute || weather == Weather::kNoDns || weather == Weather::kRefused ||
                         weather == Weather::kBlackHole;
        told_.cut_off(cut ? until : Duration{});
        return network_.become(weather, until);
    }
    if (step.act == Act::kLogin) {
        static constexpr std::array<int, 5> kAnswers{500, 401, 400, 200, 0};
        const int answer = kAnswers[random.below(kAnswers.size())];
        narrate("login", answer == 0 ? "revokes all tokens"
                                     : "answers " + std::to_string(answer) + " for " + in_seconds(step.lasts));
        if (answer == 0 || random.below(2) == 0) cloud_.revoke_tokens();
        return answer == 0 ? void() : cloud_.login_fails(answer, until);
    }
    auto& systems = cloud_.systems();
    System& system = std::next(systems.begin(), static_cast<std::ptrdiff_t>(random.below(systems.size())))->second;
    system.illness = static_cast<Illness>(1 + random.below(kIllnesses - 1));
    // What only shows with many things at once shall not be rare.
    if (random.below(3) == 0) system.illness = random.below(2) == 0 ? Illness::kSaysHalf : Illness::kChokes;
    if (system.illness == Illness::kSaysHalf && system.one_by_one) system.illness = Illness::kUnavailable;
    if (system.illness == Illness::kForgetsLogin && !story_.login) system.illness = Illness::kFlaky;
    system.ill_until = until;
    system.chokes_on.clear();
    system.choked = nullptr;
    system.passed = false;
    narrate(system.name, std::string(name_of(system.illness)) + " for " + in_seconds(step.lasts));
}

void World::disturb_disk(const Step& step) {
    fakes::SeededRandom random(step.seed);
    disk::Disk& disk = box_->disk();
    const Duration until = now() + step.lasts;
    if (step.act != Act::kDiskFull) promises_.excuse_storage(until);
    if (step.act == Act::kDiskSlow) {
        const Duration each = milliseconds(20 + random.below(600));
        narrate("disk",
                "needs " + std::to_string(each.count() / 1000) + " ms for each sync, for " + in_seconds(step.lasts));
        return box_->charge_syncs(each, until);
    }
    if (step.act == Act::kDiskFull) {
        const auto room = random.below(20'000);
        promises_.excuse_full_disk(until);
        narrate("disk", "has " + std::to_string(room) + " bytes left, for " + in_seconds(step.lasts));
        disk.limit(disk.used_bytes() + room);
        return schedule_.world.later(step.lasts, [this] { box_->disk().limit({}); });
    }
    if (step.act == Act::kDiskLies) {
        narrate("disk", "lies about syncs for " + in_seconds(step.lasts));
        promises_.disk_lied();
        disk.lie_about_syncs(true);
        return schedule_.world.later(step.lasts, [this] { box_->disk().lie_about_syncs(false); });
    }
    static constexpr std::array kCalls{disk::Call::kSync, disk::Call::kWrite, disk::Call::kRead, disk::Call::kOpen,
                                       disk::Call::kTruncate};
    const auto call = kCalls[random.below(kCalls.size())];
    const auto nth = 1 + random.below(12);
    const bool lasting = random.below(2) == 0;
    narrate("disk", "call " + std::to_string(static_cast<int>(call)) + " fails in " + std::to_string(nth) +
                        (lasting ? ", and from then on, for " + in_seconds(step.lasts) : ", once"));
    disk.fail(call, nth, lasting);
    schedule_.world.later(step.lasts, [this] { box_->disk().heal(); });
}

void World::strike_box(const Step& step) {
    fakes::SeededRandom random(step.seed);
    if (!box_->running()) return;
    const auto calls = random.below(30);
    if (step.act == Act::kUpgrade) return box_->upgrade(random, step.lasts);
    if (step.act == Act::kKill) {
        narrate("box", "the daemon will be killed at change " + std::to_string(calls) + " of the disk");
        return box_->kill(calls, step.lasts);
    }
    const auto shape = static_cast<disk::Shape>(random.below(disk::kShapes));
    narrate("box", "power will be cut at change " + std::to_string(calls) + " of the disk, shape " +
                       std::to_string(static_cast<int>(shape)));
    box_->cut_power(calls, shape, step.lasts);
    // A clock without a battery: any time may come back with the power, until the network tells the right one.
    if (random.below(2) == 0) set_clock(step, step.lasts + seconds(30), false);
}

// It ends by itself, or somebody ends it, or wants it to last longer. What only a restart shows, or a restart after the
// clock was set, shall not be rare.
void World::keep_offline(const Step& step) {
    fakes::SeededRandom random(step.seed);
    const seconds span(60 + random.below(60));
    const bool clock_is_wrong = random.below(3) == 0;
    if (clock_is_wrong) set_clock({now(), Act::kClock, {}, random.next()}, seconds(1 + random.below(40)), false);
    kept_offline_->begin(span);
    const auto draw = random.below(4);
    if (draw == 0) schedule_.world.later(step.lasts, [this] { kept_offline_->end(); });
    if (draw == 1) schedule_.world.later(step.lasts, [this, span] { kept_offline_->begin(span / 2 + seconds(30)); });
    if (!clock_is_wrong && draw != 0 && random.below(2) == 0) return;
    const bool before_its_end = random.below(2) == 0;
    const bool cut = clock_is_wrong ? !before_its_end : random.below(2) == 0;
    const Duration in = before_its_end ? seconds(5 + random.below(50)) : span + seconds(5);
    const Step strike{now() + in, cut ? Act::kPowerCut : Act::kKill, seconds(1), random.next()};
    quiet_from_ = std::max(quiet_from_, strike.at + seconds(40));
    schedule_.world.later(in, [this, strike] { strike_box(strike); });
}

// Often in the middle of sales. The warning is followed by a cut, taken back, or forgotten.
void World::warn_of_power(const Step& step) {
    constexpr int kBusy = 4;
    fakes::SeededRandom random(step.seed);
    if (random.below(2) == 0)
        for (int sale = 0; sale < kBusy; ++sale) sell({now(), Act::kSell, {}, random.next()});
    schedule_.world.later(microseconds(random.below(4000)), [this] { power_line_->fails(); });
    if (random.below(4) == 0)
        schedule_.world.later(milliseconds(random.below(3000)), [this] { power_line_->fails(); });  // told twice
    const auto draw = random.below(5);
    if (draw == 0) return;
    if (draw == 1) return schedule_.world.later(step.lasts, [this] { power_line_->is_back(); });
    const Duration holds = milliseconds(random.below(2) == 0 ? random.below(10) : random.below(5000));
    schedule_.world.later(holds, [this, step] { strike_box({now(), Act::kPowerCut, step.lasts, step.seed}); });
}

void World::set_clock(const Step& step, Duration lasts, bool trusted) {
    fakes::SeededRandom random(step.seed);
    static constexpr std::array<Duration, 6> kJumps{seconds(2), -seconds(90),        hours(5),
                                                    -hours(30), hours(24 * 365 * 9), -hours(24 * 365 * 20)};
    const Duration jump = kJumps[random.below(kJumps.size())];
    narrate("clock", "jumps by " + in_seconds(jump));
    schedule_.clock.jump_wall(jump);
    box_->set_clock_trust(trusted);
    cloud_.times().trust(trusted);
    if (trusted) cloud_.times().misled();
    if (trusted) {  // nobody can tell; what was delivered may be thought old and pruned
        promises_.may_forget();
        promises_.keep_for({});
    }
    schedule_.world.later(lasts, [this] {
        schedule_.clock.correct_wall();
        box_->set_clock_trust(true);
        cloud_.times().trust(true);
    });
}

}  // namespace tillkeeper::simulation
