// Whether a descriptor is a stream of systemd's journal (systemd.exec(5), JOURNAL_STREAM).
#pragma once

#include <sys/stat.h>

#include <string>

namespace tillkeeper {

// `named`: the variable's text, "device:inode"; null: there is none. Whoever redirects standard error leaves it behind.
[[nodiscard]] inline bool leads_to_journal(const char* named, int descriptor) {
    struct stat status{};
    if (named == nullptr || fstat(descriptor, &status) != 0) return false;
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == named;
}

}  // namespace tillkeeper
