#include "tests/bench/loop_device.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"

namespace tillkeeper::bench {
namespace {

constexpr std::uintmax_t kImageBytes = std::uintmax_t{1} << 30;

Result<std::string> run(std::vector<std::string> command, const std::filesystem::path& scratch) {
    auto done = lab::run_command(std::move(command), scratch);
    if (!done) return std::unexpected(done.error());
    if (done->status != 0) return fail(ErrorCode::kUnavailable, done->errors + done->output);
    return done->output.substr(0, done->output.find('\n'));
}

}  // namespace

Result<LoopDevice> LoopDevice::mount(const std::filesystem::path& image, const std::filesystem::path& mount) {
    const auto scratch = image.parent_path();
    std::filesystem::create_directories(mount);
    if (auto made = lab::write_file(image, "", 0600); !made) return std::unexpected(made.error());
    std::error_code failed;
    std::filesystem::resize_file(image, kImageBytes, failed);
    if (failed) return fail(ErrorCode::kIo, "cannot make " + image.string());
    // Nothing is left for the kernel to initialise later, while we count.
    if (auto made =
            run({"mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image.string()}, scratch);
        !made)
        return std::unexpected(made.error());
    if (auto mounted = run({"mount", "-o", "loop", image.string(), mount.string()}, scratch); !mounted)
        return std::unexpected(mounted.error());
    auto source = run({"findmnt", "-no", "SOURCE", mount.string()}, scratch);
    LoopDevice device(mount, source ? std::filesystem::path(*source).filename().string() : "");
    if (!source) return std::unexpected(source.error());
    return device;
}

LoopDevice::~LoopDevice() {
    if (!mount_.empty()) static_cast<void>(run({"umount", "--lazy", mount_.string()}, mount_.parent_path()));
}

double LoopDevice::written_bytes() const {
    constexpr int kSectorsWritten = 7;  // counted from one, in the kernel's Documentation/block/stat.rst
    constexpr double kSector = 512;
    const int folder = ::open(mount_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::syncfs(folder);
    ::close(folder);
    std::ifstream stat("/sys/block/" + device_ + "/stat");
    double field = 0;
    for (int i = 0; i < kSectorsWritten; ++i) stat >> field;
    return field * kSector;
}

}  // namespace tillkeeper::bench
