// Ctrl-C and SIGTERM wait until what was begun is tidied up; then they end the program as ever. One at a time; main
// thread.
#pragma once

#include <signal.h>

namespace tillkeeper::cli {

class Interrupts {
  public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    [[nodiscard]] bool came();

  private:
    sigset_t signals_{}, before_{};
    int signal_ = 0;
};

}  // namespace tillkeeper::cli
