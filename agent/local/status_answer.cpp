#include "agent/local/status_answer.h"

#include "agent/contract/problem.h"
#include "sync/connectivity.h"

namespace tillkeeper::agent {
namespace {

std::string backlogs(const StoreState& state) {
    std::string out = "{";
    for (const auto& each : state.destinations) {
        if (each.behind <= sync::Connectivity::kBehindOnlineMax ||
            each.sync.state == sync::DestinationStatus::State::kWaiting)
            continue;
        if (out.size() > 1) out += ',';
        out += quoted(each.sync.name) + R"(:{"done":)" + std::to_string(each.caught_up) + R"(,"total":)" +
               std::to_string(each.caught_up + each.behind) + '}';
    }
    return out + '}';
}

// Where destinations said one.
std::string documents(const StoreState& state) {
    std::string out = "{";
    for (const auto& each : state.destinations) {
        if (!each.newest_booking) continue;
        if (out.size() > 1) out += ',';
        out += quoted(each.sync.name) + R"(:{"number":)" + std::to_string(each.newest_booking->number) +
               R"(,"document":)" + quoted(each.newest_booking->document) + '}';
    }
    return out + '}';
}

}  // namespace

std::string status_answer(const StoreState& state, WallTime now) {
    std::string out = to_json(state);
    out.pop_back();
    out += R"(,"sentence":)" + quoted(sentence(state));
    out += R"(,"now":)" + quoted(to_rfc3339(now));
    out += R"(,"not_accepting":)" + (state.not_accepting.empty() ? "null" : quoted(state.not_accepting));
    out += R"(,"offline_by":)" + (state.offline_by.empty() ? "null" : quoted(state.offline_by));
    out += R"(,"backlogs":)" + backlogs(state);
    out += R"(,"documents":)" + documents(state);
    out += R"(,"journal":{"entries":)" + std::to_string(state.journal_entries);
    out += R"(,"bytes":)" + std::to_string(state.journal_bytes);
    out += R"(,"disk_free_bytes":)" + std::to_string(state.disk_free_bytes);
    return out + "}}";
}

}  // namespace tillkeeper::agent
