// Logins: the enrolments of a box, one file for each, and whoever shares a login shares its file.
// Thread: made on any, used on the sync loop.
#pragma once

#include <memory>
#include <vector>

#include "agent/config/config.h"
#include "agent/enrolment/login_file.h"
#include "platform/event_loop.h"

namespace tillkeeper::agent {

class Logins {
  public:
    // Gives every client of `config` that needs one its login. It outlives all that is made from them.
    [[nodiscard]] Result<void> give(Config& config);
    [[nodiscard]] bool empty() const { return files_.empty(); }
    // Calls `then` on `loop`, the sync loop's, when no refresh token is under way, or after 3 s: whoever ends before
    // the answer comes loses the next one. Any thread.
    void when_settled(EventLoop& loop, Task then);

  private:
    void look(EventLoop& loop, int looks, Task then);

    Timer timer_;
    std::vector<std::unique_ptr<LoginFile>> files_;
};

}  // namespace tillkeeper::agent
