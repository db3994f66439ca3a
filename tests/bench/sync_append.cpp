#include "tests/bench/sync_append.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

namespace tillkeeper::bench {

Result<AppendTimes> measure_appends(const std::filesystem::path& folder, int count) {
    static constexpr std::array<char, 4096> kBlock{'x'};
    const auto path = folder / "append.probe";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return fail(ErrorCode::kIo, "cannot write " + path.string());
    std::vector<double> times;
    bool fine = true;
    for (int i = 0; i < count && fine; ++i) {
        const auto start = std::chrono::steady_clock::now();
        fine = ::write(file, kBlock.data(), kBlock.size()) == static_cast<ssize_t>(kBlock.size()) &&
               ::fdatasync(file) == 0;
        times.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
    }
    ::close(file);
    std::filesystem::remove(path);
    if (!fine || times.empty()) return fail(ErrorCode::kIo, "cannot append to " + path.string());
    std::ranges::sort(times);
    return AppendTimes{times[times.size() / 2], times[times.size() * 99 / 100]};
}

}  // namespace tillkeeper::bench
