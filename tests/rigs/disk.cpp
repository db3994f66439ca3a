#include "tests/rigs/disk.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"

namespace tillkeeper::rigs {
namespace {

constexpr const char* kForeign = "somebody-elses-file";
constexpr std::uint64_t kChunk = 256 * 1024;

Result<void> run(std::vector<std::string> command, const std::filesystem::path& scratch) {
    auto done = lab::run_command(std::move(command), scratch);
    if (!done) return std::unexpected(done.error());
    if (done->status != 0) return fail(ErrorCode::kUnavailable, done->errors + done->output);
    return {};
}

std::string reason() {
    return std::strerror(errno);
}

}  // namespace

Result<void> make_ext4(const std::filesystem::path& image, std::uint64_t bytes,
                       const std::vector<std::string>& features) {
    if (auto made = lab::write_file(image, "", 0600); !made) return made;
    std::error_code failed;
    std::filesystem::resize_file(image, bytes, failed);
    if (failed) return fail(ErrorCode::kIo, "cannot make " + image.string());
    std::vector<std::string> command{
        "mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0"};
    command.insert(command.end(), features.begin(), features.end());
    command.push_back(image.string());
    return run(std::move(command), image.parent_path());
}

Result<Disk> Disk::ext4(const std::filesystem::path& image, const std::filesystem::path& at, std::uint64_t bytes) {
    if (auto made = make_ext4(image, bytes, {"-e", "remount-ro"}); !made) return std::unexpected(made.error());
    return existing(image, at);
}

Result<Disk> Disk::existing(const std::filesystem::path& image, const std::filesystem::path& at) {
    std::filesystem::create_directories(at);
    // The loop device goes with the mount.
    if (auto mounted = run({"mount", "-t", "ext4", "-o", "loop", image, at}, at.parent_path()); !mounted)
        return std::unexpected(mounted.error());
    return Disk(at);
}

Result<Disk> Disk::memory(const std::filesystem::path& at, std::uint64_t bytes) {
    std::filesystem::create_directories(at);
    if (::mount("tmpfs", at.c_str(), "tmpfs", 0, ("size=" + std::to_string(bytes)).c_str()) != 0)
        return fail(ErrorCode::kUnavailable, "cannot mount a tmpfs: " + reason());
    return Disk(at);
}

Disk::~Disk() {
    unmount();
}

void Disk::unmount() {
    if (!at_.empty()) ::umount2(at_.c_str(), MNT_DETACH);
    at_.clear();
}

std::uint64_t Disk::free_bytes() const {
    struct statvfs status{};
    if (::statvfs(at_.c_str(), &status) != 0) return 0;
    return std::uint64_t{status.f_bavail} * std::uint64_t{status.f_frsize};
}

// On ext4 a file takes a little more than its own bytes: it grows in steps until it is refused the smallest.
Result<void> Disk::fill(std::uint64_t leave) const {
    const int file = ::open((at_ / kForeign).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return fail(ErrorCode::kIo, "cannot fill the disk: " + reason());
    const off_t begin = ::lseek(file, 0, SEEK_END);
    std::uint64_t size = begin > 0 ? static_cast<std::uint64_t>(begin) : 0;
    for (std::uint64_t step = kChunk; step >= 4096;) {
        const auto room = free_bytes();
        const bool wanted = room > leave && room - leave >= step;
        if (wanted && ::posix_fallocate(file, static_cast<off_t>(size), static_cast<off_t>(step)) == 0)
            size += step;
        else
            step /= 2;
    }
    ::close(file);
    return {};
}

void Disk::clear() const {
    ::unlink((at_ / kForeign).c_str());
}

Result<void> Disk::report_error() const {
    const auto source = lab::run_command({"findmnt", "-no", "SOURCE", at_.string()}, at_.parent_path());
    if (!source) return std::unexpected(source.error());
    const auto device = std::filesystem::path(source->output.substr(0, source->output.find('\n'))).filename();
    std::ofstream trigger(std::filesystem::path("/sys/fs/ext4") / device / "trigger_fs_error");
    trigger << "a rig" << std::flush;
    return trigger ? Result<void>{} : fail(ErrorCode::kUnavailable, "no trigger_fs_error for " + device.string());
}

}  // namespace tillkeeper::rigs
