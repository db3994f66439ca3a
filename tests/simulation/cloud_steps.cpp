// Cloud, where it takes several requests for one transaction: step_program.h makes them. Nobody finds a draft whose
// number is lost, so whoever has spoken of one must never ask for another.
#include <utility>

#include "tests/fakes/fake_http.h"
#include "tests/fakes/request_header.h"
#include "tests/simulation/cloud.h"

namespace tillkeeper::simulation {
namespace {

// The transaction and the name of the request.
std::pair<std::string, std::string> subject_of(const HttpRequest& request) {
    const std::string key = fakes::header_of(request, "idempotency-key");
    const auto slash = key.rfind('/');
    return slash == std::string::npos ? std::pair(key, std::string())
                                      : std::pair(key.substr(0, slash), key.substr(slash + 1));
}

}  // namespace

// As it leaves the box: what is said then is on its disk, unless that took nothing.
void Cloud::check_draft(System& system, const HttpRequest& request) {
    const auto [id, name] = subject_of(request);
    if (promises_.lossy() || promises_.forgetful() || promises_.disk_ever_failed()) return;
    if (name == "draft")
        promises_.check(!system.drafts_used.contains(id), "[sync-18] another draft at " + system.name + " for " + id);
    if (name != "book") return;
    const auto draft = request.url.substr(request.url.rfind('/') + 1);
    const auto [place, fresh] = system.drafts_used.emplace(id, draft);
    promises_.check(fresh || place->second == draft,
                    "[sync-18] first " + place->second + ", then " + draft + " for " + id);
}

HttpResponse Cloud::step(System& system, const HttpRequest& request) {
    const auto [id, name] = subject_of(request);
    if (name == "book") return take(system, request);
    trace_.add(schedule_.clock.since_start(), system.name, "is asked to " + name + ' ' + id);
    const auto answer = [&, &id = id, &name = name] {
        return name == "find" ? found(system, id) : drafted(system, id);
    };
    switch (illness_of(system)) {
        case Illness::kWell:
        case Illness::kChokes:
            return answer();
        case Illness::kFlaky:
            return random_.below(2) == 0 ? fakes::http_answer(500) : answer();
        case Illness::kTakesAndFails:
        case Illness::kTakesHalf:
            static_cast<void>(answer());
            return fakes::http_answer(500);
        case Illness::kForgetsLogin:
            return random_.below(3) != 0 ? fakes::http_answer(401) : answer();
        default:
            return sick(system, {});
    }
}

HttpResponse Cloud::found(const System& system, const std::string& id) const {
    const auto document = system.documents.find(id);
    const auto from = system.found_from.find(id);
    const bool seen = from != system.found_from.end() && from->second <= schedule_.clock.since_start();
    if (document == system.documents.end() || !seen) return fakes::http_answer(200, R"({"number":null})");
    return fakes::http_answer(200, R"({"number":")" + document->second + "\"}");
}

HttpResponse Cloud::drafted(System& system, const std::string& id) {
    const std::string draft = 'D' + std::to_string(++system.drafts);
    promises_.drafted(system.name, id, draft);
    return fakes::http_answer(201, R"({"draft":")" + draft + "\"}");
}

}  // namespace tillkeeper::simulation
