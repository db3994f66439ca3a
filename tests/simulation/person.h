// Person: somebody in the store or at headquarters who looks at what is held and decides, over the control socket's
// answers. Sees only what the daemon shows.
#pragma once

#include "tests/simulation/box.h"
#include "tests/simulation/promises.h"

namespace tillkeeper::simulation {

class Person {
  public:
    struct Parts {
        Schedule& schedule;
        Box& box;
        Promises& promises;
        Trace& trace;
    };
    explicit Person(Parts parts) : parts_(parts) {}

    // Looks at the queue and decides about what stands there: each with `percent` probability.
    void look(std::uint64_t seed, std::uint64_t percent);
    // The last look, of those since forget(), saw nothing held.
    [[nodiscard]] bool saw_nothing() const { return seen_ == 0; }
    // What the last look saw, on its first page.
    [[nodiscard]] bool looked() const { return seen_ != kNobodyLooked; }
    [[nodiscard]] std::size_t quarantined() const { return quarantined_; }
    [[nodiscard]] std::size_t held() const { return seen_ - quarantined_; }
    void forget() { seen_ = kNobodyLooked; }

  private:
    [[nodiscard]] Sale* sale_of(const lab::Json& item);
    void judge(const lab::Json& item);
    void decide(const lab::Json& item, Random& random);
    void post(std::int64_t number, const std::string& verb, const std::string& destination, const std::string& repaired,
              std::function<void(bool done)> then);

    Parts parts_;
    static constexpr std::size_t kNobodyLooked = ~std::size_t{0};
    std::size_t seen_ = kNobodyLooked;
    std::size_t quarantined_ = 0;
};

}  // namespace tillkeeper::simulation
