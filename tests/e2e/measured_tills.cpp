#include "tests/e2e/measured_tills.h"

#include <poll.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>

#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using Steady = std::chrono::steady_clock;
constexpr auto kRefusedRests = std::chrono::milliseconds(500);  // as the agent asks

}  // namespace

struct MeasuredTills::Till {
    till::BrokerUser user;
    std::unique_ptr<till::BrokerConnection> connection = {};
    Steady::time_point due = {};  // of the current sale
    Steady::time_point again_at = Steady::time_point::max();
    std::int64_t number = 0;
    bool under_way = false;
    bool lost = true;

    [[nodiscard]] std::string id() const { return user.name + '-' + std::to_string(number); }
};

double MeasuredSales::at(double share) const {
    if (milliseconds.empty()) return 0;
    return milliseconds[static_cast<std::size_t>(share * static_cast<double>(milliseconds.size() - 1))];
}

MeasuredTills::MeasuredTills(till::BrokerAddress address, std::vector<till::BrokerUser> users,
                             std::chrono::milliseconds pace)
    : address_(std::move(address)), pace_(pace), thread_([this, users = std::move(users)] { run(users); }) {}

MeasuredTills::~MeasuredTills() {
    static_cast<void>(finish(std::chrono::seconds(30)));
    stopped_ = true;
}

MeasuredSales MeasuredTills::take() {
    const std::lock_guard lock(mutex_);
    auto taken = std::exchange(sales_, {});
    std::ranges::sort(taken.milliseconds);
    return taken;
}

bool MeasuredTills::finish(std::chrono::milliseconds limit) {
    ending_ = true;
    return wait_until([this] { return stopped_.load(); }, limit);
}

std::set<std::string> MeasuredTills::accepted() {
    const std::lock_guard lock(mutex_);
    return accepted_;
}

void MeasuredTills::run(const std::vector<till::BrokerUser>& users) {
    std::deque<Till> tills;  // their addresses stay
    for (std::size_t i = 0; i < users.size(); ++i)
        tills.push_back(
            {.user = users[i], .due = Steady::now() + pace_ * static_cast<int>(i) / static_cast<int>(users.size())});
    const auto busy = [](const Till& till) { return till.under_way; };
    while (!stopped_ && (!ending_ || std::ranges::any_of(tills, busy))) {
        std::vector<pollfd> polled;
        for (auto& till : tills) {
            turn(till);
            const bool writing = !till.lost && till.connection->wants_to_write();
            polled.push_back({till.lost ? -1 : till.connection->descriptor(),
                              static_cast<short>(writing ? POLLIN | POLLOUT : POLLIN), 0});
        }
        ::poll(polled.data(), polled.size(), 1);
        for (std::size_t i = 0; i < tills.size(); ++i) {
            auto& till = tills[i];
            if ((polled[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !till.connection->read()) till.lost = true;
            if (!till.lost && till.connection->wants_to_write() && !till.connection->write()) till.lost = true;
        }
    }
    stopped_ = true;
}

void MeasuredTills::turn(Till& till) {
    const auto now = Steady::now();
    if (till.lost) connect(till);
    if (till.under_way) {
        if (now >= till.again_at) {
            const std::lock_guard lock(mutex_);
            ++sales_.again;
            hand_over(till);
        }
    } else if (!ending_ && now >= till.due) {
        ++till.number;
        till.under_way = true;
        hand_over(till);
    }
}

void MeasuredTills::connect(Till& till) {
    if (till.connection) {
        const std::lock_guard lock(mutex_);
        ++sales_.losses;
    }
    auto made = till::BrokerConnection::connect(
        address_, till.user, till::MqttVersion::k311, "", "",
        {.connected = [](bool) {},
         .message = [this, &till](const till::BrokerMessage& message) { heard(till, message.payload); }});
    if (!made) return;
    till.connection = std::move(*made);
    till.lost = false;
    till.connection->subscribe("tillkeeper/v1/tills/" + till.user.name + "/replies");
    if (till.under_way) hand_over(till);
}

void MeasuredTills::hand_over(Till& till) {
    till.again_at = Steady::now() + kAgain;
    if (till.lost) return;
    static_cast<void>(till.connection->publish(
        "tillkeeper/v1/tills/" + till.user.name + "/transactions",
        R"({"id":")" + till.id() + R"(","type":"sale","till_sequence":)" + std::to_string(till.number) +
            R"(,"occurred_at":"2026-11-20T10:42:07Z","business_day":"2026-11-20","currency":"EUR",)"
            R"("lines":[{"sku":"85123A","description":"white hanging heart","quantity":6,"unit_price":255,"amount":1530}],)"
            R"("tenders":[{"type":"cash","amount":1530}],"total":1530})",
        false));
}

void MeasuredTills::heard(Till& till, std::string_view payload) {
    if (!till.under_way || !payload.contains("\"id\":\"" + till.id() + '"')) return;
    if (payload.contains(R"("outcome":"refused")")) {
        till.again_at = Steady::now() + kRefusedRests;
        return;
    }
    till.under_way = false;
    const std::lock_guard lock(mutex_);
    sales_.milliseconds.push_back(std::chrono::duration<double, std::milli>(Steady::now() - till.due).count());
    accepted_.insert(till.id());
    till.due += pace_;
}

}  // namespace tillkeeper::lab
