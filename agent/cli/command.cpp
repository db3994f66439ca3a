#include "agent/cli/command.h"

#include <unistd.h>

#include <iostream>

#include "platform/linux-arm/system.h"

namespace tillkeeper::cli {

int show(const Common& common, const Result<std::string>& answer, Printer printer, Judge fine) {
    if (!answer) {
        std::cerr << "tillkeeper: " << answer.error().message << '\n';
        return kNotFine;
    }
    const JsonDocument document(*answer);
    std::cout << (common.json ? *answer + '\n' : printer(document.root()));
    return fine(document.root()) ? kFine : kNotFine;
}

Result<std::string> with_progress(const std::function<Result<std::string>(const Told&)>& work) {
    const SystemClock clock;
    ProgressLine line(std::cerr, look_at(STDERR_FILENO), clock);
    return work([&](const std::string& step, std::int64_t done, std::int64_t total) { line.told(step, done, total); });
}

std::optional<agent::Config> read_config(const Common& common) {
    auto config = agent::load_config(common.access.config_path);
    if (config) return std::move(*config);
    for (const auto& fault : config.error()) std::cerr << fault << '\n';
    return std::nullopt;
}

}  // namespace tillkeeper::cli
