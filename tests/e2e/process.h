// Process: a child with its output in files, watched with deadlines, that never outlives its parent.
//
// Killed and waited for on destruction. The kernel also kills it when the thread that started it ends, however that
// happens: start children on the main thread. Thread: any one.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/result.h"

namespace tillkeeper::lab {

struct ProcessOptions {
    std::vector<std::string> command = {};
    std::map<std::string, std::string> environment = {};  // added to ours
    std::filesystem::path folder = {};                    // to run in; empty: ours
    std::filesystem::path output = {};                    // standard output, appended to; empty: thrown away
    std::filesystem::path errors = {};                    // standard error, appended to; empty: thrown away
    bool listens = false;                                 // standard input comes from say(); else it is empty
};

class Process {
  public:
    // kNotFound when the program cannot be executed.
    [[nodiscard]] static Result<Process> start(const ProcessOptions& options);
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    ~Process();

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] bool running() { return !wait(std::chrono::milliseconds(0)).has_value(); }
    void signal(int number) const;
    // Writes one line to its standard input; lost when it has ended.
    void say(const std::string& line) const;
    // The exit status, or 128 + the signal that ended it; nothing when it still runs after `limit`.
    std::optional<int> wait(std::chrono::milliseconds limit);
    // SIGKILL, then waits for the end.
    void kill();
    // SIGTERM, then SIGKILL after `limit`. The exit status.
    int stop(std::chrono::milliseconds limit = std::chrono::seconds(20));
    // Resident memory in bytes, from /proc; 0 when it has ended.
    [[nodiscard]] std::size_t resident_bytes() const;

  private:
    Process(pid_t pid, int input) : pid_(pid), input_(input) {}

    pid_t pid_ = -1;
    int input_ = -1;
    std::optional<int> status_;
};

// Runs a command to its end and returns its exit status and output.
struct CommandResult {
    int status = -1;
    std::string output;
    std::string errors;
};
[[nodiscard]] Result<CommandResult> run_command(std::vector<std::string> command, const std::filesystem::path& scratch,
                                                std::chrono::milliseconds limit = std::chrono::seconds(30));

}  // namespace tillkeeper::lab
