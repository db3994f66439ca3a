#include "tests/simulation/points/counter.h"

#include <algorithm>

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kAnswerIsLate = seconds(3);
constexpr Duration kLook = milliseconds(250);

std::string till_name(std::uint64_t till) {
    return "t" + std::to_string(till + 1);
}

std::string sale_body(const Wish& wish, std::int64_t sequence) {
    return R"({"id":")" + wish.transaction + R"(","type":"sale","till_sequence":)" + std::to_string(sequence) +
           R"(,"occurred_at":"2026-11-20T10:00:00Z","member_id":")" + wish.member + R"(","points_base":)" +
           std::to_string(wish.points) + '}';
}

std::string redemption_body(const Wish& wish, const std::string& key) {
    return R"({"request_id":")" + key + R"(","member_id":")" + wish.member + R"(","points":)" +
           std::to_string(wish.points) + R"(,"transaction_id":")" + wish.transaction + R"("})";
}

}  // namespace

Counter::Counter(Parts parts, int tills) : parts_(parts), tills_(tills) {
    for (int till = 0; till < tills; ++till)
        parts_.broker.attach(till_name(static_cast<std::uint64_t>(till)),
                             [this](const MqttMessage& message) { hear(message); });
}

void Counter::want(Wish& wish) {
    ask(wish);
    open_.push_back({&wish, parts_.schedule.clock.since_start() + kAnswerIsLate});
    look_after();
}

// A sale is its till's own; a redemption may be asked for anywhere.
void Counter::ask(Wish& wish) {
    Question& question = parts_.judge.ask({.store = parts_.store,
                                           .topic = wish.earns ? Topic::kSale : Topic::kRedemption,
                                           .key = {},
                                           .text = wish.transaction,
                                           .wish = &wish});
    if (!wish.earns) return publish(question, "redemptions", redemption_body(wish, question.key));
    if (wish.sequence == 0) wish.sequence = ++sequence_;
    publish(question, "transactions", sale_body(wish, wish.sequence));
}

void Counter::look_up(Topic topic, const std::string& text, bool known) {
    Question& question =
        parts_.judge.ask({.store = parts_.store, .topic = topic, .key = {}, .text = text, .known = known});
    std::string what = R"("key":")" + text + '"';
    if (topic == Topic::kCatalogue) what = R"("by":{"range":"all"})";
    if (topic == Topic::kMember && text.starts_with("29")) what = R"("by":{"card":")" + text + R"("})";
    publish(question, topic == Topic::kCatalogue ? "lookups/products" : "lookups/members",
            R"({"request_id":")" + question.key + R"(",)" + what + '}');
}

void Counter::publish(const Question& question, const std::string& rest, std::string payload) {
    const bool own = question.topic == Topic::kSale;
    const auto till = own ? 0 : parts_.random.below(static_cast<std::uint64_t>(tills_));
    MqttMessage message;
    message.topic = "tillkeeper/v1/tills/" + till_name(till) + '/' + rest;
    message.payload = std::move(payload);
    message.correlation_data = question.key;
    static_cast<void>(parts_.broker.publish(std::move(message)));
}

void Counter::look_after() {
    if (looking_ || open_.empty()) return;
    looking_ = true;
    parts_.schedule.world.later(kLook, [this] {
        looking_ = false;
        const Duration now = parts_.schedule.clock.since_start();
        std::erase_if(open_, [](const Open& open) { return open.wish->settled; });
        for (Open& open : open_) {
            if (now < open.not_before) continue;
            open.not_before = now + kAnswerIsLate;
            ask(*open.wish);
        }
        look_after();
    });
}

void Counter::hear(const MqttMessage& message) {
    const Question* question = parts_.judge.question(message.correlation_data);
    if (question == nullptr || question->wish == nullptr) return;
    const auto answer = lab::Json::parse(message.payload);
    if (answer["outcome"].text() != "refused") {
        question->wish->settled = true;
        return;
    }
    const auto open = std::ranges::find(open_, question->wish, &Open::wish);
    if (open != open_.end())
        open->not_before = parts_.schedule.clock.since_start() + milliseconds(answer["retry_after_ms"].number());
}

}  // namespace tillkeeper::simulation
