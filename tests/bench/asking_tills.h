// AskingTills: tills that each have one question in flight, a look-up or a sale, and measure how long its answer takes.
//
// In this process, on the caller's thread, driven by poll(): the same against the agent and against the echo.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/result.h"
#include "tests/e2e/broker.h"

namespace tillkeeper::bench {

struct Question {
    std::string topic;    // below the till's own
    std::string payload;  // JSON
    std::string id;       // stands in the answer as a JSON string
    std::string answer;   // so does this text
};

// How long each answer took.
struct Waits {
    std::vector<double> microseconds;  // sorted

    [[nodiscard]] double at(double share) const;  // 0 when there are none
    void add(const Waits& others);
};

class AskingTills {
  public:
    [[nodiscard]] static Result<std::unique_ptr<AskingTills>> connect(const lab::Broker& bus, int tills);
    ~AskingTills();

    // Only the first so many ask from now on.
    void use(int tills) { used_ = static_cast<std::size_t>(tills); }

    using Ask = std::function<Question(std::size_t till)>;
    // Asks until `over` says so, then waits for the last answers. `pace`: between two questions of one till; zero: the
    // next one goes as soon as the one before is answered. A question that was due before the one before was answered
    // waits from when it was due. kInvalid: an answer is not as expected.
    [[nodiscard]] Result<Waits> run(const Ask& ask, std::chrono::microseconds pace, const std::function<bool()>& over);

  private:
    struct Till;
    AskingTills() = default;
    [[nodiscard]] Result<void> turn(const Ask& ask, std::chrono::microseconds pace, bool asking);
    [[nodiscard]] Result<void> hand_over(Till& till, Question question, std::chrono::microseconds pace);
    void heard(Till& till, std::string_view payload);
    [[nodiscard]] bool waiting() const;

    std::vector<std::unique_ptr<Till>> tills_;
    std::size_t used_ = 0;
    Waits waits_;
    std::string fault_;
};

}  // namespace tillkeeper::bench
