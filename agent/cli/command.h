// What every command has: the options in front, and the way its answer is shown.
#pragma once

#include <optional>
#include <string>

#include "agent/cli/journal_access.h"
#include "agent/cli/json_view.h"
#include "agent/config/config.h"
#include "platform/result.h"

namespace tillkeeper::cli {

enum Exit : int { kFine = 0, kNotFine = 1, kWrongUsage = 2 };

struct Common {
    Access access;
    bool json = false;
    std::string who;  // the user's name
    int exit = kFine;
};

using Printer = std::string (*)(JsonView);
using Judge = bool (*)(JsonView);

inline bool always_fine(JsonView) {
    return true;
}

// The answer as JSON or in words on standard output, a failure on standard error; the exit status.
[[nodiscard]] int show(const Common& common, const Result<std::string>& answer, Printer printer,
                       Judge fine = always_fine);

// Does long work, showing on the terminal of standard error how far it is.
[[nodiscard]] Result<std::string> with_progress(const std::function<Result<std::string>(const Told&)>& work);

// The configuration; nothing, and its faults on standard error, when it has some.
[[nodiscard]] std::optional<agent::Config> read_config(const Common& common);

}  // namespace tillkeeper::cli
