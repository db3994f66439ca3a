#include "mutants/mutant_on.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tillkeeper {
namespace {

struct Name {
    std::string_view name;
    std::uint32_t number;
};
constexpr Name kNames[] = {
#include "mutants/names.inc"
};

std::uint32_t decide() {
    const char* wanted = std::getenv("TILLKEEPER_MUTANT");
    if (wanted == nullptr || *wanted == '\0') return 0;
    for (const auto& [name, number] : kNames)
        if (name == wanted) return number;
    std::fprintf(stderr, "TILLKEEPER_MUTANT: there is no mutant called %s\n", wanted);
    std::_Exit(2);
}

// Before main(), so that a wrong name is told even where no mutated line is ever reached.
[[maybe_unused]] const std::uint32_t kDecidedAtStart = planted_mutant();

}  // namespace

std::uint32_t planted_mutant() {
    static const std::uint32_t planted = decide();
    return planted;
}

}  // namespace tillkeeper
