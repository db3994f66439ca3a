#include "tests/bench/asking_tills.h"

#include <poll.h>

#include <algorithm>

#include "tests/bench/options.h"
#include "tests/e2e/tills.h"
#include "tests/till/broker_connection.h"

namespace tillkeeper::bench {
namespace {

using Steady = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::seconds(30);
constexpr auto kLookUpFrom = std::chrono::milliseconds(100);  // from waiting for answers

}  // namespace

struct AskingTills::Till {
    std::string name;
    std::unique_ptr<till::BrokerConnection> connection;
    Question question;
    Steady::time_point due;       // of the next question
    Steady::time_point answered;  // when the one before was
    Steady::time_point from;      // whence the one under way is counted
    bool connected = false;
    bool under_way = false;
};

double Waits::at(double share) const {
    if (microseconds.empty()) return 0;
    return microseconds[static_cast<std::size_t>(share * static_cast<double>(microseconds.size() - 1))];
}

void Waits::add(const Waits& others) {
    microseconds.insert(microseconds.end(), others.microseconds.begin(), others.microseconds.end());
    std::ranges::sort(microseconds);
}

AskingTills::~AskingTills() = default;

Result<std::unique_ptr<AskingTills>> AskingTills::connect(const lab::Broker& bus, int tills) {
    std::unique_ptr<AskingTills> self(new AskingTills);
    AskingTills* asking = self.get();
    self->use(tills);
    for (const auto& name : lab::till_names(tills)) {
        auto till = std::make_unique<Till>();
        Till* own = till.get();
        own->name = name;
        auto connection = till::BrokerConnection::connect(
            {.host = "127.0.0.1", .port = bus.port(), .ca_file = ""}, {name, lab::Broker::password_of(name)},
            till::MqttVersion::k5, "", "",
            {.connected =
                 [own](bool granted) {
                     own->connected = granted;
                     if (granted) own->connection->subscribe("tillkeeper/v1/tills/" + own->name + "/replies");
                 },
             .message = [asking, own](const till::BrokerMessage& message) { asking->heard(*own, message.payload); }});
        if (!connection) return std::unexpected(connection.error());
        own->connection = std::move(*connection);
        self->tills_.push_back(std::move(till));
    }
    const auto limit = Steady::now() + kPatience;
    while (!std::ranges::all_of(self->tills_, [](const auto& till) { return till->connected; })) {
        if (auto done = self->turn({}, {}, false); !done) return std::unexpected(done.error());
        if (Steady::now() > limit) return fail(ErrorCode::kUnavailable, "the tills cannot connect");
    }
    return self;
}

Result<Waits> AskingTills::run(const Ask& ask, std::chrono::microseconds pace, const std::function<bool()>& over) {
    waits_ = {};
    for (std::size_t i = 0; i < tills_.size(); ++i)
        tills_[i]->due = Steady::now() + pace * static_cast<int>(i) / static_cast<int>(used_);
    bool asking = true;
    auto progress = Steady::now();
    std::size_t answered = 0;
    while ((asking = asking && !over()) || waiting()) {
        if (auto done = turn(ask, pace, asking); !done) return std::unexpected(done.error());
        if (std::exchange(answered, waits_.microseconds.size()) != waits_.microseconds.size()) progress = Steady::now();
        if (Steady::now() - progress > kPatience + pace) return fail(ErrorCode::kUnavailable, "no answer any more");
    }
    std::ranges::sort(waits_.microseconds);
    return std::exchange(waits_, {});
}

bool AskingTills::waiting() const {
    return std::ranges::any_of(tills_, [](const auto& till) { return till->under_way; });
}

Result<void> AskingTills::hand_over(Till& till, Question question, std::chrono::microseconds pace) {
    till.question = std::move(question);
    till.under_way = true;
    const bool held_up = pace.count() > 0 && till.answered > till.due;
    till.from = held_up ? till.due : Steady::now();
    till.due += pace;
    if (till.connection->publish("tillkeeper/v1/tills/" + till.name + "/" + till.question.topic, till.question.payload,
                                 false))
        return {};
    return fail(ErrorCode::kUnavailable, "a till lost its connection");
}

void AskingTills::heard(Till& till, std::string_view payload) {
    if (!till.under_way || !payload.contains('"' + till.question.id + '"')) return;
    till.answered = Steady::now();
    till.under_way = false;
    waits_.microseconds.push_back(std::chrono::duration<double, std::micro>(till.answered - till.from).count());
    if (!payload.contains(till.question.answer)) fault_ = till.question.payload + " -> " + std::string(payload);
}

// New questions, one wait for what comes first, and what came.
Result<void> AskingTills::turn(const Ask& ask, std::chrono::microseconds pace, bool asking) {
    std::vector<pollfd> polled;
    const auto now = Steady::now();
    auto next = now + kLookUpFrom;
    for (std::size_t i = 0; i < tills_.size(); ++i) {
        Till& till = *tills_[i];
        const bool asks = asking && i < used_;
        if (asks && !till.under_way && till.due <= now) {
            if (auto sent = hand_over(till, ask(i), pace); !sent) return sent;
        }
        if (asks && !till.under_way) next = std::min(next, till.due);
        const bool writing = till.connection->wants_to_write();
        polled.push_back({till.connection->descriptor(), static_cast<short>(writing ? POLLIN | POLLOUT : POLLIN), 0});
    }
    const auto left = std::chrono::nanoseconds(std::max(next - Steady::now(), Steady::duration::zero())).count();
    const timespec wait{left / 1'000'000'000, left % 1'000'000'000};
    ::ppoll(polled.data(), polled.size(), &wait, nullptr);
    for (std::size_t i = 0; i < tills_.size(); ++i) {
        auto& connection = *tills_[i]->connection;
        const bool read = (polled[i].revents & ~POLLOUT) == 0 || connection.read();
        if (!read || (connection.wants_to_write() && !connection.write()) || !connection.keep_alive())
            return fail(ErrorCode::kUnavailable, "a till lost its connection");
    }
    return fault_.empty() ? Result<void>{} : fail(ErrorCode::kInvalid, "not the answer that was expected: " + fault_);
}

}  // namespace tillkeeper::bench
