#include "agent/cli/update_window.h"

#include "agent/contract/problem.h"

namespace tillkeeper::cli {

std::vector<std::string> update_obstacles(const UpdateMoment& moment, const agent::Hours& window) {
    std::vector<std::string> obstacles;
    if (!window.contain(moment.in_store))
        obstacles.push_back("It is " + to_rfc3339(moment.in_store).substr(11, 5) + " in the store; it may be updated " +
                            window.text() + " ([update] window).");
    if (!moment.status) return obstacles;
    const auto state = moment.status->text("state");
    if (state == "catching_up")
        obstacles.push_back("It catches up after an outage; wait until that has come to its end.");
    if (state == "offline") obstacles.push_back("It is offline: who updates it could not see how that goes.");
    return obstacles;
}

std::string update_window_json(const std::vector<std::string>& obstacles, const agent::Hours& window, bool force) {
    const bool open = obstacles.empty() || force;
    std::string out = std::string(R"({"open":)") + (open ? "true" : "false") + R"(,"forced":)" +
                      (open && !obstacles.empty() ? "true" : "false") + R"(,"window":)" + agent::quoted(window.text()) +
                      R"(,"reasons":[)";
    for (const auto& each : obstacles) out += agent::quoted(each) + ',';
    if (out.back() == ',') out.pop_back();
    return out + "]}";
}

std::string update_window_text(JsonView window) {
    std::string text = window.is_true("open") ? "This box may be updated now" : "Not now";
    text += window.is_true("forced") ? ", by order, although:\n" : window.is_true("open") ? ".\n" : ":\n";
    for (const auto& reason : window.at("reasons").children()) text += "  " + reason.text() + '\n';
    return text;
}

}  // namespace tillkeeper::cli
