// Explorer: stops a workload at every call that changes the disk, lets the power fail there in several shapes, opens
// what is left with the real journal, lets the power fail again during that, and checks everything it promises.
// Ownership: by value. Thread: one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/crash/states_story.h"
#include "tests/crash/states_workloads.h"

namespace tillkeeper::crash {

struct Findings {
    std::uint64_t states = 0;  // disks that were opened again and checked
    std::uint64_t points = 0;  // calls of workloads at which the power failed
    std::uint64_t second = 0;  // states that a second crash left
    std::uint64_t lost = 0;    // states in which something was wrong
};

class Explorer {
  public:
    // Stops at every `stride`-th call, at others in each round.
    explicit Explorer(std::uint64_t seed, std::uint64_t stride = 1);
    // One workload from begin to end; adds to `findings()`. The first faults are printed as they are found.
    void explore(const Workload& workload, std::uint64_t round);
    [[nodiscard]] const Findings& findings() const { return findings_; }

  private:
    void stop(const Story& story);
    void crash(const Story& story, const disk::Contents& left, std::optional<disk::Shape> shape);
    void crash_again(const Story& story, const disk::Contents& before, std::uint64_t calls);
    // "" when all is well.
    [[nodiscard]] std::string judge(const Story& story);
    [[nodiscard]] std::string sell_on(storage::Journal& journal, const Books& books);
    [[nodiscard]] std::string kept(Books expected);
    void check(const Story& story, const std::string& how);
    void complain(const std::string& how, const std::string& what);

    std::uint64_t seed_;
    std::uint64_t stride_;
    fakes::SeededRandom random_;
    disk::Disk scratch_{random_};
    DiskGauge gauge_{scratch_};
    std::optional<storage::BodyCodec> codec_;
    Findings findings_;
    std::string_view workload_;
    std::uint64_t round_ = 0;
    std::uint64_t point_ = 0;
};

}  // namespace tillkeeper::crash
