#include "tests/simulation/person.h"

#include "tests/fakes/seeded_random.h"

namespace tillkeeper::simulation {
namespace {

ServerRequest get(std::string path) {
    ServerRequest request;
    request.method = "GET";
    request.path = std::move(path);
    return request;
}

// Such that nobody has anything against it any more.
std::string repaired(const Sale& sale, const std::string& new_id) {
    std::string body = sale.mended;
    if (sale.fate == Fate::kConflict) body.replace(body.find(sale.id), sale.id.size(), new_id);
    return body;
}

void note(AtSystem& at, bool clear) {
    at.unsure = !clear;
    at.ever_unsure = at.ever_unsure || !clear;
}

}  // namespace

void Person::look(std::uint64_t seed, std::uint64_t percent) {
    parts_.schedule.sync.post([this, seed, percent] {
        if (!parts_.box.running()) return;
        parts_.box.daemon()->control(get("/queue"), [this, seed, percent](const ServerResponse& response) {
            fakes::SeededRandom random(seed);
            if (response.status != 200) return;
            seen_ = 0;
            quarantined_ = 0;
            const auto queue = lab::Json::parse(response.body);
            for (const auto& item : queue["items"].items()) {
                ++seen_;
                if (item["destination"].text().empty()) ++quarantined_;
                judge(item);
                if (item["state"].text() == "held" && random.below(100) < percent) decide(item, random);
            }
        });
    });
}

Sale* Person::sale_of(const lab::Json& item) {
    const std::string number = std::to_string(item["number"].number());
    Sale* sale = nullptr;
    bool shown = false;
    parts_.box.daemon()->control(get("/entries/" + number), [&](const ServerResponse& response) {
        const auto entry = lab::Json::parse(response.body);
        shown = response.status == 200;
        sale = parts_.promises.version(item["destination"].text(), item["transaction_id"].text(),
                                       entry["entry"]["transaction"].dump());
    });
    if (shown && sale == nullptr && !parts_.promises.lossy())
        parts_.promises.broken("[storage-6] held, but nobody sold it: " + number);
    return sale;
}

// Only what deserves it is held, and no outage ever makes anything so.
void Person::judge(const lab::Json& item) {
    const std::string destination = item["destination"].text();
    const Sale* sale = sale_of(item);
    if (sale == nullptr) return;
    const bool suspicious = sale->fate == Fate::kQuarantined || sale->fate == Fate::kConflict;
    const bool right = destination.empty() ? suspicious : parts_.promises.held_by_right(destination, *sale);
    parts_.promises.check(right, "[sync-5] held at '" + destination + "' although nothing is wrong with it: " +
                                     sale->id + " (" + item["reason"].text() + ')');
}

void Person::decide(const lab::Json& item, Random& random) {
    const std::int64_t number = item["number"].number();
    const std::string destination = item["destination"].text();
    Sale* sale = sale_of(item);
    if (sale == nullptr) return post(number, "skip", destination, {}, [](bool) {});  // damaged by a disk that lied
    AtSystem& at = sale->at[destination];
    sale->decided = true;
    const std::string new_id = sale->id + ":new";
    const std::string body = repaired(*sale, new_id);
    at.ever_unsure = at.ever_unsure || at.unsure;
    at.unsure = true;  // until a clear answer comes; a daemon that dies gives none
    const auto draw = random.below(10);
    if (draw < 5) {
        if (destination.empty()) {
            sale->released.insert(canonical(body));
            sale->released_ids.insert(sale->fate == Fate::kConflict ? new_id : sale->id);
        } else {
            at.repairs.insert(canonical(body));
        }
        return post(number, "repair", destination, body, [&at, body, destination](bool clear) {
            note(at, clear);
            if (!destination.empty() && !at.ever_unsure) at.repaired = canonical(body);
        });
    }
    const bool nearly_nothing = sale->body.size() < 100;
    if (draw < 8 || sale->fate == Fate::kConflict || nearly_nothing) {
        (destination.empty() ? sale->maybe_skipped : at.maybe_skipped) = true;
        return post(number, "skip", destination, {}, [&at, destination](bool clear) {
            note(at, clear);
            if (!destination.empty() && !at.ever_unsure) at.skipped = true;
        });
    }
    if (destination.empty()) sale->released.insert(sale->plain);
    post(number, "retry", destination, {}, [&at](bool clear) { note(at, clear); });
}

void Person::post(std::int64_t number, const std::string& verb, const std::string& destination,
                  const std::string& repaired, std::function<void(bool)> then) {
    ServerRequest request;
    request.method = "POST";
    request.path = "/queue/" + std::to_string(number) + '/' + verb;
    request.body = R"({"destination":")" + destination + R"(","who":"manager","why":"simulation")";
    if (!repaired.empty()) request.body += ",\"transaction\":" + repaired;
    request.body += '}';
    parts_.trace.add(parts_.schedule.clock.since_start(), "person", request.path + " at '" + destination + '\'');
    parts_.box.daemon()->control(std::move(request), [this, then](const ServerResponse& response) {
        parts_.trace.add(parts_.schedule.clock.since_start(), "person", "hears " + std::to_string(response.status));
        then(response.status == 200);
    });
}

}  // namespace tillkeeper::simulation
