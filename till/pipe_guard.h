// PipeGuard: while it lives, writing to a closed connection does not kill the program. OpenSSL writes without
// MSG_NOSIGNAL, and how a till treats SIGPIPE is the till's business.
#pragma once

#include <pthread.h>
#include <signal.h>
#include <time.h>

namespace tillkeeper::pos {

class PipeGuard {
  public:
    PipeGuard() {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        sigset_t pending;
        sigpending(&pending);
        was_pending_ = sigismember(&pending, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~PipeGuard() {
        const timespec at_once{};
        if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    PipeGuard(const PipeGuard&) = delete;
    PipeGuard& operator=(const PipeGuard&) = delete;

  private:
    sigset_t pipe_{};
    sigset_t before_{};
    bool was_pending_ = false;
};

}  // namespace tillkeeper::pos
