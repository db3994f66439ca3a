#include "agent/cli/hidden_line.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <optional>

namespace tillkeeper::cli {
namespace {

// While it lives nothing is shown of what is typed, and Ctrl-C ends the reading rather than the program: the terminal
// must not stay like that.
class Hidden {
  public:
    Hidden() {
        tcgetattr(STDIN_FILENO, &terminal_);
        termios quiet = terminal_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        struct sigaction interrupt{};
        interrupt.sa_handler = [](int) {};
        sigaction(SIGINT, &interrupt, &before_);
    }
    ~Hidden() {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_);
        sigaction(SIGINT, &before_, nullptr);
        std::cerr << '\n';
    }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;

  private:
    termios terminal_{};
    struct sigaction before_{};
};

}  // namespace

Result<std::string> read_hidden_line(const std::string& prompt) {
    std::optional<Hidden> hidden;
    if (isatty(STDIN_FILENO) != 0) {
        std::cerr << prompt << std::flush;
        hidden.emplace();
    }
    std::string line;
    char c = 0;
    while (true) {
        if (::read(STDIN_FILENO, &c, 1) != 1) return fail(ErrorCode::kInvalid, "nothing was typed");
        if (c == '\n') return line;
        if (c != '\r') line += c;
    }
}

}  // namespace tillkeeper::cli
