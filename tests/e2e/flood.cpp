#include "tests/e2e/flood.h"

#include <sys/resource.h>

#include <chrono>

#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

constexpr int kLowest = 19;
constexpr auto kComesBack = std::chrono::milliseconds(20);

}  // namespace

Flood::Flood(FloodPlan plan) : plan_(std::move(plan)), thread_([this] { run(); }) {}

Flood::~Flood() {
    stopped_ = true;
}

void Flood::run() {
    ::setpriority(PRIO_PROCESS, 0, kLowest);  // on Linux: of this thread
    while (!stopped_) {
        RawBus bus(plan_.port, plan_.wire);
        if (!bus.open() || !bus.sign_in(plan_.user.name, plan_.user.password)) {
            ++turned_away_;
            if (!plan_.again_each_time) static_cast<void>(wait_until([this] { return stopped_.load(); }, kComesBack));
            continue;
        }
        ++connections_;
        speak(bus);
    }
}

void Flood::speak(RawBus& bus) {
    do {
        for (const auto& packet : plan_.packets) {
            if (stopped_ || !bus.send(packet) || !bus.drain()) return;
            messages_ += plan_.each;
        }
    } while (!plan_.again_each_time);
}

}  // namespace tillkeeper::lab
