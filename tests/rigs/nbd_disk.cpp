#include "tests/rigs/nbd_disk.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <csignal>

#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::rigs {
namespace {

constexpr auto kStartMax = std::chrono::seconds(20);

Result<lab::Process> start(std::vector<std::string> command, const std::filesystem::path& log) {
    lab::ProcessOptions options;
    options.command = std::move(command);
    options.output = options.errors = log;
    return lab::Process::start(options);
}

}  // namespace

Result<NbdDisk> NbdDisk::make(NbdSetup setup) {
    NbdDisk disk(std::move(setup));
    const std::vector<std::string> features =
        disk.setup_.journal ? std::vector<std::string>{} : std::vector<std::string>{"-O", "^has_journal"};
    if (auto made = make_ext4(disk.image(), disk.setup_.bytes, features); !made) return std::unexpected(made.error());
    if (auto on = disk.switch_on(); !on) return std::unexpected(on.error());
    return disk;
}

Result<void> NbdDisk::switch_on() {
    const auto socket = setup_.folder / "disk.socket";
    const auto log = setup_.folder / "disk.log";
    std::filesystem::remove(socket);
    std::vector<std::string> command{"nbdkit", "--foreground", "--unix", socket.string()};
    for (const auto& filter : setup_.filters) command.push_back("--filter=" + filter);
    command.insert(command.end(), {"file", image().string()});
    command.insert(command.end(), setup_.options.begin(), setup_.options.end());
    auto server = start(std::move(command), log);
    if (!server) return std::unexpected(server.error());
    server_ = std::move(*server);
    if (!lab::wait_until([&] { return !server_->running() || std::filesystem::exists(socket); }, kStartMax) ||
        !server_->running())
        return fail(ErrorCode::kUnavailable, "nbdkit does not start: " + lab::read_file(log));

    if (auto made = lab::write_file(device(), ""); !made) return made;
    auto fuse = start({"nbdfuse", device().string(), "nbd+unix:///?socket=" + socket.string()}, log);
    if (!fuse) return std::unexpected(fuse.error());
    fuse_ = std::move(*fuse);
    std::error_code ignored;
    const auto there = [&] {
        return !fuse_->running() || std::filesystem::file_size(device(), ignored) == setup_.bytes;
    };
    if (!lab::wait_until(there, kStartMax) || !fuse_->running())
        return fail(ErrorCode::kUnavailable, "nbdfuse does not start: " + lab::read_file(log));
    auto disk = Disk::existing(device(), folder());
    if (!disk) return std::unexpected(disk.error());
    disk_.emplace(std::move(*disk));
    return {};
}

void NbdDisk::flush() const {
    const int file = ::open(folder().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::syncfs(file);
    ::close(file);
}

void NbdDisk::cut_power() const {
    if (server_) server_->signal(SIGKILL);
}

void NbdDisk::switch_off() {
    disk_.reset();
    if (fuse_) ::umount2(device().c_str(), MNT_DETACH);
    fuse_.reset();
    server_.reset();
}

NbdDisk::~NbdDisk() {
    switch_off();
}

}  // namespace tillkeeper::rigs
