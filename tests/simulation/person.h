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
    // What the last look saw held (not what only waits for another).
    [[nodiscard]] std::size_t seen() const { return seen_; }

  private:
    [[nodiscard]] Sale* sale_of(const lab::Json& item);
    void judge(const lab::Json& item);
    void decide(const lab::Json& item, Random& random);
    void post(std::int64_t number, const std::string& verb, const std::string& destination, const std::string& repaired,
              std::function<void(bool done)> then);

    Parts parts_;
    std::size_t seen_ = 0;
};

}  // namespace tillkeeper::simulation
