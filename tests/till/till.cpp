#include "tests/till/till.h"

#include <algorithm>
#include <utility>

namespace tillkeeper::till {
namespace {

constexpr std::string_view kOnline = R"({"state":"online"})";
constexpr std::string_view kOffline = R"({"state":"offline"})";
constexpr Duration kFirstReconnect = std::chrono::milliseconds(50);
constexpr int kReconnectDoublingsMax = 5;
constexpr Duration kKeepAliveEvery = std::chrono::seconds(1);

}  // namespace

Till::Till(TillOptions options, SalesSource& source, const Pace& pace, Tally& tally, Random& random, TillEvents events)
    : options_(std::move(options)),
      tally_(tally),
      random_(random),
      events_(std::move(events)),
      cashier_(options_, source, pace, tally, random, events_.poisoned),
      kept_(options_.window, options_.timeout),
      transactions_topic_(topic("transactions")) {}

std::string Till::topic(std::string_view last) const {
    return "tillkeeper/v1/tills/" + options_.user.name + "/" + std::string(last);
}

void Till::tick(MonotonicTime now) {
    now_ = now;
    if (!connection_ && now >= connect_at_) connect(now);
    sell(now);
    hand_over(now);
    if (connection_ && now >= next_keep_alive_) {
        next_keep_alive_ = now + kKeepAliveEvery;
        if (!connection_->keep_alive()) lost(now);
    }
}

void Till::ready(MonotonicTime now, bool readable, bool writable) {
    now_ = now;
    if (!connection_) return;
    bool alive = !readable || connection_->read();
    alive = alive && (!(writable || connection_->wants_to_write()) || connection_->write());
    if (!alive) return lost(now);
    sell(now);
    hand_over(now);
}

void Till::connect(MonotonicTime now) {
    auto connection =
        BrokerConnection::connect(options_.broker, options_.user, options_.version, topic("presence"), kOffline,
                                  {.connected = [this](bool granted) { connected(granted); },
                                   .message = [this](const BrokerMessage& message) { take_answer(message); }});
    if (!connection) return lost(now);
    connection_ = std::move(*connection);
}

void Till::connected(bool granted) {
    if (!granted) return;  // the broker hangs up: lost() follows
    online_ = true;
    if (std::exchange(was_online_, true)) ++tally_.reconnects;
    failed_connects_ = 0;
    connection_->subscribe(topic("replies"));
    // A failure shows at the next read.
    static_cast<void>(connection_->publish(topic("presence"), kOnline, true));
}

void Till::lost(MonotonicTime now) {
    connection_.reset();
    online_ = false;
    kept_.connection_lost();
    // Full jitter, so that tills do not come back in step.
    const auto longest = kFirstReconnect * (1 << std::min(failed_connects_, kReconnectDoublingsMax));
    ++failed_connects_;
    connect_at_ = now + Duration(random_.below(static_cast<std::uint64_t>(longest.count())) + 1000);
}

void Till::sell(MonotonicTime now) {
    cashier_.sell(now, {.has_room = [this] { return kept_.has_room(); },
                        .waiting = [this] { return kept_.waiting(); },
                        .take = [this](const Transaction& transaction) { take(transaction); }});
}

void Till::take(const Transaction& transaction) {
    KeptSale sale{.id = transaction.id,
                  .body = to_json(transaction),
                  .business_day = transaction.business_day(),
                  .total = transaction.total.value_or(0)};
    if (events_.sold) events_.sold(sale);
    kept_.add(std::move(sale));
}

void Till::hand_over(MonotonicTime now) {
    while (online_) {
        const KeptSale* sale = kept_.take_due(now);
        if (sale == nullptr) return;
        if (!connection_->publish(transactions_topic_, sale->body, false, sale->id)) lost(now);
    }
}

void Till::take_answer(const BrokerMessage& message) {
    auto answer = read_answer(message.payload);
    if (!answer) return;
    // A refusal of what could not be read names it by Correlation Data only.
    const std::string id = answer->id.empty() ? message.correlation_data : answer->id;
    if (answer->outcome == Outcome::kRefused && answer->retry_after) {
        ++tally_.refused_for_now;
        kept_.try_again(id, now_ + *answer->retry_after);
        if (events_.put_off) events_.put_off(id, *answer);
        return;
    }
    const auto sale = kept_.settle(id);
    if (sale) {
        ++tally_.settled[static_cast<std::size_t>(answer->outcome)];
        tally_.latencies.add(now_ - sale->first_sent);
    } else {
        ++tally_.late_answers;
    }
    if (events_.answered) events_.answered(id, *answer, sale ? std::optional(now_ - sale->first_sent) : std::nullopt);
}

void Till::say_goodbye() {
    if (!connection_) return;
    static_cast<void>(connection_->publish(topic("presence"), kOffline, true));
    connection_->disconnect();
    connection_.reset();
    online_ = false;
}

}  // namespace tillkeeper::till
