// A library to preload: the process it is preloaded into sees a wall clock that is off by as many seconds as stand, as
// eight bytes in the machine's order, in the file that TILLKEEPER_WALL_CLOCK names. Other clocks are left alone.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {

using Offset = std::atomic<std::int64_t>;

Offset no_offset{0};
Offset* offset = &no_offset;  // in the file, once it is mapped

[[gnu::constructor]] void map_offset() {
    const char* path = std::getenv("TILLKEEPER_WALL_CLOCK");
    const int file = path != nullptr ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void* mapped = ::mmap(nullptr, sizeof(Offset), PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    if (mapped != MAP_FAILED) offset = static_cast<Offset*>(mapped);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t id, struct timespec* now) noexcept {
    const int result = static_cast<int>(::syscall(SYS_clock_gettime, id, now));
    if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        now->tv_sec += static_cast<time_t>(offset->load(std::memory_order_relaxed));
    return result;
}

time_t time(time_t* out) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != nullptr) *out = now.tv_sec;
    return now.tv_sec;
}

}  // extern "C"
