#include "agent/cli/interrupts.h"

#include <initializer_list>

namespace tillkeeper::cli {

Interrupts::Interrupts() {
    sigemptyset(&signals_);
    for (const int each : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals_, each);
    sigprocmask(SIG_BLOCK, &signals_, &before_);
}

Interrupts::~Interrupts() {
    if (signal_ > 0) raise(signal_);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool Interrupts::came() {
    static constexpr timespec kAtOnce = {};
    if (signal_ <= 0) signal_ = sigtimedwait(&signals_, nullptr, &kAtOnce);
    return signal_ > 0;
}

}  // namespace tillkeeper::cli
