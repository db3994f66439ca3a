#include "tests/rigs/space.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

namespace tillkeeper::rigs {
namespace {

bool in_path(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(std::string(path != nullptr ? path : "") + ":/usr/sbin:/sbin");
    for (std::string folder; std::getline(folders, folder, ':');)
        if (::access((folder + "/" + program).c_str(), X_OK) == 0) return true;
    return false;
}

}  // namespace

Result<void> enter(Space space) {
    const int flags = CLONE_NEWNS | (space == Space::kMountsAndNetwork ? CLONE_NEWNET : 0);
    if (::unshare(flags) != 0)
        return fail(ErrorCode::kUnavailable, std::string("namespaces need root: ") + std::strerror(errno));
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return fail(ErrorCode::kUnavailable, std::string("mounts cannot be made private: ") + std::strerror(errno));
    return {};
}

Result<void> need(const std::vector<std::string>& things) {
    for (const auto& thing : things)
        if (thing.starts_with('/') ? !std::filesystem::exists(thing) : !in_path(thing))
            return fail(ErrorCode::kUnavailable, thing + " is missing");
    return {};
}

}  // namespace tillkeeper::rigs
