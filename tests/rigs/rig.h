// What is common to the programs of this folder: arguments, skipping, and the end.
//
// Exit 0: everything agrees; 1: it does not; 2: wrong usage; 77: a right or a tool is missing, said on both outputs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "platform/result.h"
#include "tests/rigs/space.h"

namespace tillkeeper::rigs {

struct RigOptions {
    std::uint64_t seed = 1;
    int rounds = 1;
    std::string kind = {};  // which variant, where there are several
};

struct Rig {
    std::string name;
    std::string about;
    int rounds = 1;                       // unless told
    std::vector<std::string> kinds = {};  // the first unless told
    std::vector<std::string> needs = {};  // programs and device nodes
    Space space = Space::kMounts;
    // Returns the last line's words, behind the rig's name.
    std::function<Result<std::string>(const RigOptions&)> run;
};

// The whole of main().
[[nodiscard]] int run_rig(int argc, char** argv, const Rig& rig);

}  // namespace tillkeeper::rigs
