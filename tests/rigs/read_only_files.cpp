// A library to preload: while the first byte of the file that TILLKEEPER_READ_ONLY names is '1', everything below the
// folder that stands behind it is read-only, as after a remount: what would write says EROFS, also on files that are
// open. (The kernel itself refuses to remount while a file is open for writing.)
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

constexpr std::size_t kSwitchBytes = 4096;  // the switch, the folder's path, a zero
const char no_switch = '0';
const char* read_only = &no_switch;

[[gnu::constructor]] void map_switch() {
    const char* path = std::getenv("TILLKEEPER_READ_ONLY");
    const int file = path != nullptr ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void* mapped = ::mmap(nullptr, kSwitchBytes, PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    if (mapped != MAP_FAILED) read_only = static_cast<const char*>(mapped);
}

bool strikes(const char* path) {
    return *static_cast<const volatile char*>(read_only) == '1' &&
           std::string_view(path).starts_with(std::string_view(read_only + 1));
}

bool strikes(int file) {
    if (*static_cast<const volatile char*>(read_only) != '1') return false;
    std::array<char, 64> link{};
    std::array<char, 4096> path{};
    std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", file);
    return ::readlink(link.data(), path.data(), path.size() - 1) > 0 && strikes(path.data());
}

template <typename Call>
Call* real(const char* name) {
    return reinterpret_cast<Call*>(::dlsym(RTLD_NEXT, name));
}

int refuse() {
    errno = EROFS;
    return -1;
}

}  // namespace

extern "C" {

int open64(const char* path, int flags, ...) {
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    static auto* const call = real<int(const char*, int, ...)>("open64");
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0 && strikes(path)) return refuse();
    return call(path, flags, mode);
}

ssize_t write(int file, const void* bytes, size_t count) {
    static auto* const call = real<ssize_t(int, const void*, size_t)>("write");
    return strikes(file) ? refuse() : call(file, bytes, count);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at) {
    static auto* const call = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
    return strikes(file) ? refuse() : call(file, bytes, count, at);
}

int ftruncate64(int file, off64_t length) noexcept {
    static auto* const call = real<int(int, off64_t)>("ftruncate64");
    return strikes(file) ? refuse() : call(file, length);
}

int unlink(const char* path) noexcept {
    static auto* const call = real<int(const char*)>("unlink");
    return strikes(path) ? refuse() : call(path);
}

}  // extern "C"
