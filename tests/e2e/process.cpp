#include "tests/e2e/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <utility>

#include "tests/e2e/scratch.h"

namespace tillkeeper::lab {
namespace {

// The null-terminated form that exec wants; made before the fork, since a child of a program with threads must not
// allocate. Points into `texts`.
using Pointers = std::vector<char*>;

Pointers pointers_to(std::vector<std::string>& texts) {
    Pointers pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!added.contains(text.substr(0, text.find('=')))) environment.push_back(text);
    }
    for (const auto& [name, value] : added) environment.push_back(name + "=" + value);
    return environment;
}

void redirect(const std::filesystem::path& file, int descriptor) {
    const char* path = file.empty() ? "/dev/null" : file.c_str();
    const int opened = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (opened >= 0) ::dup2(opened, descriptor);
}

// Both ends of what the child reads from; a socket, because writing to one need not end in a signal.
struct Input {
    int ours = -1;
    int theirs = -1;

    explicit Input(bool listens) {
        int ends[2] = {-1, -1};
        if (listens && ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
            ours = ends[0];
            theirs = ends[1];
        } else {
            theirs = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        }
    }
};

// In the child. Only returns when the program could not be executed.
void become(const ProcessOptions& options, const Pointers& arguments, const Pointers& environment, int input,
            pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // the parent ended before we asked to follow it
    redirect(options.output, STDOUT_FILENO);
    redirect(options.errors, STDERR_FILENO);
    ::dup2(input, STDIN_FILENO);
    if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0) return;
    ::execvpe(arguments[0], arguments.data(), environment.data());
}

int status_of(int raw) {
    return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

}  // namespace

Result<Process> Process::start(const ProcessOptions& options) {
    std::vector<std::string> command = options.command;
    std::vector<std::string> variables = environment_with(options.environment);
    const Pointers arguments = pointers_to(command);
    const Pointers environment = pointers_to(variables);

    int failed[2];  // closed by a successful exec, else carries errno
    if (::pipe2(failed, O_CLOEXEC) != 0) return fail(ErrorCode::kIo, "cannot make a pipe");
    const Input input(options.listens);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) {
        become(options, arguments, environment, input.theirs, parent);
        const int error = errno;
        (void)!::write(failed[1], &error, sizeof error);
        ::_exit(127);
    }
    ::close(failed[1]);
    ::close(input.theirs);
    int error = 0;
    const bool executed = child > 0 && ::read(failed[0], &error, sizeof error) == 0;
    ::close(failed[0]);
    if (child < 0) return fail(ErrorCode::kIo, "cannot fork");
    Process process(child, input.ours);
    if (!executed) return fail(ErrorCode::kNotFound, command[0] + ": " + std::strerror(error));
    return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), input_(std::exchange(other.input_, -1)), status_(other.status_) {}

Process& Process::operator=(Process&& other) noexcept {
    if (this == &other) return *this;
    kill();
    if (input_ >= 0) ::close(input_);
    pid_ = std::exchange(other.pid_, -1);
    input_ = std::exchange(other.input_, -1);
    status_ = other.status_;
    return *this;
}

Process::~Process() {
    kill();
    if (input_ >= 0) ::close(input_);
}

void Process::signal(int number) const {
    if (pid_ > 0 && !status_) ::kill(pid_, number);
}

void Process::say(const std::string& line) const {
    const std::string text = line + "\n";
    if (input_ >= 0) (void)::send(input_, text.data(), text.size(), MSG_NOSIGNAL);
}

std::optional<int> Process::wait(std::chrono::milliseconds limit) {
    if (status_ || pid_ <= 0) return status_ ? status_ : std::optional<int>(-1);
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    pollfd ended{handle, POLLIN, 0};
    while (handle >= 0 && ::poll(&ended, 1, static_cast<int>(limit.count())) < 0 && errno == EINTR) continue;
    if (handle >= 0) ::close(handle);
    int raw = 0;
    if (::waitpid(pid_, &raw, WNOHANG) == pid_) status_ = status_of(raw);
    return status_;
}

void Process::kill() {
    if (pid_ <= 0 || status_) return;
    signal(SIGKILL);
    int raw = 0;
    while (::waitpid(pid_, &raw, 0) < 0 && errno == EINTR) continue;
    status_ = status_of(raw);
}

int Process::stop(std::chrono::milliseconds limit) {
    signal(SIGTERM);
    if (!wait(limit)) kill();
    return status_.value_or(-1);
}

std::size_t Process::resident_bytes() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

Result<CommandResult> run_command(std::vector<std::string> command, const std::filesystem::path& scratch,
                                  std::chrono::milliseconds limit) {
    static int count = 0;
    const auto name = "command-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
    ProcessOptions options;
    options.command = std::move(command);
    options.output = scratch / (name + ".out");
    options.errors = scratch / (name + ".err");
    auto process = Process::start(options);
    if (!process) return std::unexpected(process.error());
    const auto status = process->wait(limit);
    if (!status) return fail(ErrorCode::kUnavailable, options.command[0] + " did not end in time");
    CommandResult result{*status, read_file(options.output), read_file(options.errors)};
    std::filesystem::remove(options.output);
    std::filesystem::remove(options.errors);
    return result;
}

}  // namespace tillkeeper::lab
