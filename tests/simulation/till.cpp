#include "tests/simulation/till.h"

#include <algorithm>

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kAnswerIsLate = seconds(4);

}  // namespace

SimulatedTill::SimulatedTill(Parts parts, std::string name, int in_flight)
    : parts_(parts), name_(std::move(name)), in_flight_max_(static_cast<std::size_t>(in_flight)) {
    parts_.broker.attach(name_, [this](const MqttMessage& message) { hear(message); });
}

void SimulatedTill::sell(Sale& sale) {
    outbox_.push_back({&sale});
    hand_over();
}

void SimulatedTill::sell_again(Sale& sale) {
    static_cast<void>(publish(sale));
}

void SimulatedTill::die(Duration for_how_long, bool forgets_numbers) {
    dead_until_ = parts_.schedule.clock.since_start() + for_how_long;
    if (forgets_numbers) sequence_ = 0;
    for (Kept& kept : outbox_) kept = {kept.sale};
    look_after(for_how_long);
}

void SimulatedTill::look_after(Duration delay) {
    if (look_waits_) return;
    look_waits_ = true;
    parts_.schedule.world.later(delay + milliseconds(1), [this] {
        look_waits_ = false;
        hand_over();
    });
}

bool SimulatedTill::publish(const Sale& sale) {
    MqttMessage message;
    message.topic = "tillkeeper/v1/tills/" + name_ + "/transactions";
    message.payload = sale.body;
    message.correlation_data = sale.key;
    message.response_topic = sale.reply_topic;
    message.traceparent = trace_of(sale.id);
    return parts_.broker.publish(std::move(message));
}

void SimulatedTill::hand_over() {
    const Duration now = parts_.schedule.clock.since_start();
    if (outbox_.empty()) return;
    if (now < dead_until_) return look_after(dead_until_ - now);
    Duration soonest = kAnswerIsLate;
    for (std::size_t i = 0; i < std::min(in_flight_max_, outbox_.size()); ++i) {
        Kept& kept = outbox_[i];
        if (now < kept.not_before) {
            soonest = std::min(soonest, kept.not_before - now);
            continue;
        }
        kept.in_flight = publish(*kept.sale);
        kept.not_before = now + (kept.in_flight ? kAnswerIsLate : milliseconds(200));
        soonest = std::min(soonest, kept.not_before - now);
    }
    look_after(soonest);
}

void SimulatedTill::hear(const MqttMessage& message) {
    const Duration now = parts_.schedule.clock.since_start();
    if (now < dead_until_) return;
    const auto answer = lab::Json::parse(message.payload);
    const auto kept =
        std::ranges::find_if(outbox_, [&](const Kept& k) { return k.sale->key == message.correlation_data; });
    if (kept == outbox_.end()) return;
    const std::string outcome = answer["outcome"].text();
    if (outcome == "refused" && answer["retry_after_ms"].number() > 0) {
        kept->not_before = now + milliseconds(answer["retry_after_ms"].number() + 1);
        return look_after(kept->not_before - now);
    }
    kept->sale->settled = true;
    parts_.trace.add(now, name_, kept->sale->id + " is " + outcome);
    outbox_.erase(kept);
    hand_over();
}

}  // namespace tillkeeper::simulation
