#include "agent/cli/healthcheck.h"

#include <algorithm>
#include <vector>

#include "agent/cli/daemon_call.h"
#include "agent/contract/problem.h"
#include "platform/linux-arm/system.h"

namespace tillkeeper::cli {
namespace {

constexpr Duration kPatience = std::chrono::seconds(5);
constexpr Duration kBetweenQuestions = std::chrono::milliseconds(500);

// The second question reads the journal, and gets nothing of it.
std::vector<std::string> reasons_against(const std::string& socket) {
    std::vector<std::string> reasons;
    for (const char* path : {"/healthz", "/queue?after=9223372036854775807"}) {
        const auto answer = call_daemon(socket, "GET", path, "", kPatience);
        if (!answer && std::ranges::find(reasons, answer.error().message) == reasons.end())
            reasons.push_back(answer.error().message);
    }
    return reasons;
}

}  // namespace

Result<std::string> healthcheck(const Access& access, Duration wait) {
    const auto socket = socket_of(access);
    if (!socket) return socket;
    const SystemClock clock;
    const auto until = clock.monotonic() + wait;
    auto reasons = reasons_against(*socket);
    while (!reasons.empty() && clock.monotonic() < until) {
        wait_for(std::min(kBetweenQuestions, until - clock.monotonic()));
        reasons = reasons_against(*socket);
    }
    std::string out;
    for (const auto& reason : reasons) out += (out.empty() ? "" : ",") + agent::quoted(reason);
    return std::string(R"({"healthy":)") + (reasons.empty() ? "true" : "false") + R"(,"reasons":[)" + out + "]}";
}

std::string health_text(JsonView health) {
    std::string text;
    for (const auto reason : health.at("reasons").children()) text += "not healthy: " + reason.text() + '\n';
    return text.empty() ? "healthy\n" : text;
}

}  // namespace tillkeeper::cli
