#include "agent/local/store_state.h"

#include "agent/contract/problem.h"
#include "agent/version.h"

namespace tillkeeper::agent {
namespace {

std::string text_or_null(const std::string& text) {
    return text.empty() ? "null" : quoted(text);
}

template <typename Number>
std::string number_or_null(const std::optional<Number>& number) {
    return number ? std::to_string(*number) : "null";
}

std::string destination_json(const DestinationState& d) {
    std::string out = R"({"state":)" + quoted(name_of_state(d));
    out += R"(,"cause":)" + text_or_null(d.sync.cause);
    out += R"(,"behind":)" + std::to_string(d.behind);
    out += R"(,"oldest":)" + (d.oldest ? quoted(to_rfc3339(*d.oldest)) : "null");
    out += R"(,"held":)" + std::to_string(d.held);
    out += R"(,"eta_s":)" + number_or_null(d.eta_s) + '}';
    return out;
}

std::string sales(std::int64_t count) {
    return count == 1 ? "1 sale is" : std::to_string(count) + " sales are";
}

}  // namespace

std::string_view name_of_state(const DestinationState& d) {
    if (d.sync.state == sync::DestinationStatus::State::kWaiting) return "waiting";
    return d.behind > 0 ? "catching_up" : "current";
}

std::string to_json(const StoreState& s) {
    std::string out = R"({"store":)" + quoted(s.store);
    out += R"(,"state":)" + quoted(s.state);
    out += R"(,"since":)" + quoted(to_rfc3339(s.since));
    out += R"(,"cause":)" + text_or_null(s.cause);
    out += R"(,"offline_until":)" + (s.offline_until ? quoted(to_rfc3339(*s.offline_until)) : "null");
    out += R"(,"safe":)" + std::to_string(s.safe);
    out += R"(,"quarantined":)" + std::to_string(s.quarantined);
    out += R"(,"held":)" + std::to_string(s.held);
    out += R"(,"differences":)" + std::to_string(s.differences);
    out += R"(,"destinations":{)";
    for (const auto& d : s.destinations) {
        if (out.back() == '}') out += ',';
        out += quoted(d.sync.name) + ':' + destination_json(d);
    }
    out += R"(},"runway":{"hours":)" + (s.runway ? std::to_string(s.runway->hours) : "null");
    out += R"(,"limited_by":)" + (s.runway ? quoted(to_string(s.runway->limited_by)) : "null");
    out += R"(},"accepting":)" + std::string(s.not_accepting.empty() ? "true" : "false");
    out += R"(,"journal_number":)" + std::to_string(s.last);
    out += R"(,"clock_trusted":)" + std::string(s.clock_trusted ? "true" : "false");
    out += R"(,"version":)" + quoted(kVersion) + '}';
    return out;
}

std::string sentence(const StoreState& s) {
    if (!s.not_accepting.empty())
        return "This box cannot take sales now: " + s.not_accepting + ". The tills keep theirs and try again.";
    const std::string since = to_rfc3339(s.since).substr(11, 5);
    const std::string safe = sales(s.safe) + " safe on this box.";
    if (s.offline_until)
        return "Kept offline by the store until " + to_rfc3339(*s.offline_until).substr(11, 5) +
               " UTC. Keep selling. " + safe;
    if (s.state == "offline") return "Offline since " + since + " UTC. Keep selling. " + safe;
    if (s.state == "degraded")
        return "Part of the cloud has not answered since " + since + " UTC. Keep selling. " + safe;
    if (s.state == "catching_up")
        return "Online again. Keep selling. " +
               std::string(s.safe == 1 ? "1 sale is" : std::to_string(s.safe) + " sales are") + " on the way.";
    return "Online. Everything is delivered. Keep selling.";
}

}  // namespace tillkeeper::agent
