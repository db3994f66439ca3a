// Sessions: who is signed in on the page. In memory only: a restart ends them all. Time and ids come from outside.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/staff/people.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

struct Session {
    std::string id;     // of the cookie; nobody else learns it
    std::string token;  // stands in each form of the page, and nowhere else (CSRF)
    Person person;
    MonotonicTime begun{};
    MonotonicTime used{};
};

class Sessions {
  public:
    // A tablet that lies about is anybody's: long enough to read one receipt to the help desk, no longer.
    static constexpr Duration kIdleMax = std::chrono::minutes(10);
    // As long as one sitting; then the PIN is asked for again.
    static constexpr Duration kLifeMax = std::chrono::minutes(30);
    static constexpr std::size_t kMost = 32;  // beyond: the one that was used longest ago ends

    // `id` and `token`: new ones that nobody can guess.
    const Session& begin(Person person, std::string id, std::string token, MonotonicTime now);
    // Null when there is none, or it is over. Lives until the next call.
    [[nodiscard]] const Session* find(std::string_view id, MonotonicTime now);
    // A person did something: looking alone, as an open page does by itself, keeps nobody signed in.
    void used(std::string_view id, MonotonicTime now);
    void end(std::string_view id);

  private:
    std::vector<Session> sessions_;
};

}  // namespace tillkeeper::agent
