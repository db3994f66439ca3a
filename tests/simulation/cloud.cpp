#include "tests/simulation/cloud.h"

#include <algorithm>
#include <array>

#include "platform/crypto.h"
#include "tests/fakes/request_header.h"

namespace tillkeeper::simulation {
namespace {

using fakes::header_of;
using std::chrono::seconds;

constexpr Duration kSearchLags = seconds(30);  // as an index that is built beside the books
constexpr std::string_view kLogin = "https://login.cloud.example/";

HttpResponse status(int code, std::string body = {}, HttpHeaders headers = {}) {
    HttpResponse response;
    response.status = code;
    response.body = std::move(body);
    response.headers = std::move(headers);
    return response;
}

}  // namespace

std::string_view name_of(Illness illness) {
    static constexpr std::array<std::string_view, kIllnesses> kNames{
        "well",          "unavailable",       "asks to wait", "has too many requests",
        "flaky",         "takes and fails",   "takes half",   "says half",
        "moved",         "not found",         "forbidden",    "answers garbage",
        "names nothing", "forgets the login", "chokes on one"};
    return kNames[static_cast<std::size_t>(illness)];
}

System* Cloud::system_of(const HttpRequest& request) {
    static constexpr std::string_view kScheme = "https://";
    const auto end = request.url.find(kDomain);
    if (!request.url.starts_with(kScheme) || end == std::string::npos) return nullptr;
    const auto found = systems_.find(request.url.substr(kScheme.size(), end - kScheme.size()));
    return found == systems_.end() ? nullptr : &found->second;
}

Illness Cloud::illness_of(const System& system) const {
    return schedule_.clock.since_start() < system.ill_until ? system.illness : Illness::kWell;
}

void Cloud::heal() {
    login_ill_until_ = {};
    for (auto& [name, system] : systems_) system.ill_until = {};
}

void Cloud::forget_paces() {
    login_paces_.clear();
    for (auto& [name, system] : systems_) system.pace.reset();
}

void Cloud::box_died() {
    died_at_ = schedule_.clock.since_start();
    logging_in_.clear();
    forget_paces();
    for (auto& [name, system] : systems_) {
        system.told_to_wait_at = Duration::max();
        system.challenges = 0;
        system.said_again.clear();
        system.passed = false;
    }
}

void Cloud::sent(const HttpRequest& request) {
    if (request.url.starts_with(kLogin)) {
        login_paces_[header_of(request, "authorization")].asked(schedule_.clock.since_start());
        for (auto& [name, system] : systems_) system.pace.reset();  // whoever logs in does not ask meanwhile
        const int under_way = ++logging_in_[header_of(request, "authorization")];
        promises_.check(under_way == 1, "[sync-5] two logins of one client at once");
        return;
    }
    System* system = system_of(request);
    if (system == nullptr) return promises_.broken("[sync-4] a request to nowhere: " + request.url);
    if (system->by_steps) check_draft(*system, request);
    const Duration now = schedule_.clock.since_start();
    system->pace.asked(now);
    if (now > system->told_to_wait_at && now < system->wait_until)
        promises_.broken("[sync-5] " + system->name + " asked not to be asked yet (Retry-After), and was");
}

void Cloud::heard(const HttpRequest& request, const HttpResponse& response) {
    if (request.url.starts_with(kLogin)) {
        --logging_in_[header_of(request, "authorization")];
        return keep_pace(login_paces_[header_of(request, "authorization")], response);
    }
    System* system = system_of(request);
    if (system != nullptr) keep_pace(system->pace, response);
    if (system != nullptr) count_challenges(*system, response);
    if (system != nullptr && response.failure == TransportFailure::kNone && response.status == 207)
        note_left_over(*system, response);
    const std::string_view asked = response.header("retry-after");
    if (system == nullptr || asked.empty()) return;
    system->told_to_wait_at = schedule_.clock.since_start();
    system->wait_until = system->told_to_wait_at + seconds(std::stoi(std::string(asked)));
}

// What a partial answer wants to be sent again; where nothing was taken the answer is no partial one.
void Cloud::note_left_over(System& system, const HttpResponse& response) {
    const auto answer = lab::Json::parse(response.body);
    std::set<std::string> left;
    bool partial = false;
    for (const auto& item : answer["items"].items()) {
        partial = partial || item["outcome"].text() == "delivered";
        if (item["outcome"].text() == "again") left.insert(item["id"].text());
    }
    if (partial) system.said_again.merge(left);
}

// Only while no connection comes about at all: then one request at a time asks whether that is over.
void Cloud::keep_pace(Pace& pace, const HttpResponse& response) {
    const std::string fault = pace.fault();
    if (!fault.empty()) promises_.broken("[sync-5] in a long outage " + fault);
    if (response.failure == TransportFailure::kNone || response.failure == TransportFailure::kTimeout ||
        response.failure == TransportFailure::kBroken)
        pace.reset();
}

HttpResponse Cloud::serve(const HttpRequest& request, Duration sent_at) {
    from_the_dead_ = sent_at < died_at_;
    if (request.url.starts_with(kLogin)) return login(request);
    System* system = system_of(request);
    if (system == nullptr) return status(404);
    if (login_)
        if (auto refused = refusal(*system, request)) return std::move(*refused);
    HttpResponse response = system->by_steps ? step(*system, request) : take(*system, request);
    if (system->binds) response.headers.emplace_back("dpop-nonce", system->proofs.nonce());
    return response;
}

std::vector<Cloud::Item> Cloud::read(System& system, const HttpRequest& request) {
    std::string_view body = request.body;
    if (header_of(request, "content-encoding") == "gzip") {
        const auto expanded = gunzip_.expand(body);
        if (!expanded) return promises_.broken("[sync-4] a body that cannot be unpacked"), std::vector<Item>{};
        body = *expanded;
    }
    const auto json = lab::Json::parse(body);
    std::vector<Item> items;
    if (system.one_by_one) {
        const Sale* sale = promises_.with_id(json["id"].text());
        // The request does not say it; a released one got a number of its own.
        const bool numbered = sale != nullptr && sale->fate == Fate::kFine;
        Delivered what{system.name, json["id"].text(), sale != nullptr ? sale->till : "", numbered ? sale->number : 0,
                       json.dump()};
        if (numbered && !trace_of(sale->id).empty())
            promises_.check(header_of(request, "traceparent").substr(0, 36) == trace_of(sale->id).substr(0, 36),
                            "[sync-13] another trace: " + sale->id);
        items.push_back({std::move(what), json["poison"].text()});
    } else {
        for (const auto& event : json.items()) {
            check_event(event);
            items.push_back({{system.name, event["id"].text(), event["till"].text(),
                              std::atoll(event["journalnumber"].text().c_str()), event["data"].dump()},
                             event["data"]["poison"].text()});
        }
    }
    promises_.check(!items.empty(), "[sync-4] an empty or unreadable request");
    check_key(system, request, items);
    return items;
}

// The envelope says what the transaction says.
void Cloud::check_event(const lab::Json& event) {
    const auto data = event["data"];
    const auto same = [&](const std::string& attribute, const std::string& member) {
        if (!attribute.empty() && !member.empty() && attribute != member)
            promises_.broken("[sync-4] an event that is not what it carries: " + event.dump());
    };
    times_.event(event);
    const Sale* sale = promises_.with_id(event["id"].text());
    if (sale != nullptr && sale->fate == Fate::kFine)
        promises_.check(event["traceparent"].text() == trace_of(sale->id), "[sync-13] another trace: " + event.dump());
    same(event["type"].text(), "tillkeeper." + data["type"].text() + ".v1");
    same(event["sequence"].text(), std::to_string(data["till_sequence"].number()));
    same(event["subject"].text(), event["till"].text());
}

// The same transactions always come under the same key, and no others ever do.
void Cloud::check_key(System& system, const HttpRequest& request, const std::vector<Item>& items) {
    std::string ids;
    for (const Item& item : items) ids += item.what.id + ' ';
    const std::string key = header_of(request, "idempotency-key");
    promises_.check(!key.empty(), "[sync-4] no Idempotency-Key");
    const auto [place, fresh] = system.keys.emplace(key, ids);
    promises_.check(fresh || place->second == ids, "[sync-4] one Idempotency-Key for different transactions");
    const auto [back, new_ids] = system.keys.emplace("ids " + ids, key);
    promises_.check(new_ids || back->second == key, "[sync-4] the same transactions under another Idempotency-Key");
}

// What was to be sent again goes before the later ones of its till, not with them: they might be taken without it.
void Cloud::check_single_file(System& system, const std::vector<Item>& items) {
    for (const Item& left : items) {
        const Sale* sale = promises_.version(system.name, left.what.id, left.what.body);
        const bool held = sale != nullptr && promises_.held_by_right(system.name, *sale);  // a person sends it again
        if (!system.said_again.contains(left.what.id) || held) continue;
        for (const Item& item : items)
            promises_.check(item.what.till != left.what.till || item.what.number <= left.what.number,
                            "[sync-4] goes with what was to be sent again at " + system.name + ": " + item.what.id);
    }
}

HttpResponse Cloud::take(System& system, const HttpRequest& request) {
    const auto items = read(system, request);
    std::string ids;
    for (const Item& item : items) ids += ' ' + item.what.id;
    trace_.add(schedule_.clock.since_start(), system.name, "gets" + ids);
    for (const Item& item : items) promises_.arrived(item.what);
    check_single_file(system, items);
    if (illness_of(system) != Illness::kWell) return sick(system, items);
    return take_all(system, items);
}

HttpResponse Cloud::sick(System& system, const std::vector<Item>& items) {
    const std::string wait = std::to_string(1 + random_.below(30));
    switch (illness_of(system)) {
        case Illness::kUnavailable:
            return status(503);
        case Illness::kAsksToWait:
            return status(503, {}, {{"retry-after", wait}});
        case Illness::kTooMany:
            return status(429, {}, {{"retry-after", wait}});
        case Illness::kFlaky:
            return random_.below(2) == 0 ? status(500) : take_all(system, items);
        case Illness::kTakesAndFails:
            static_cast<void>(take_all(system, items));
            return status(500);
        case Illness::kTakesHalf: {
            const auto half = items.begin() + static_cast<std::ptrdiff_t>((items.size() + 1) / 2);
            static_cast<void>(take_all(system, {items.begin(), half}));
            return status(500);
        }
        case Illness::kSaysHalf:
            return take_some(system, items);
        case Illness::kMoved:
            return status(302, {}, {{"location", "https://elsewhere.example/"}});
        case Illness::kNotFound:
            return status(404);
        case Illness::kForbidden:
            return status(403);
        case Illness::kGarbage:
            return status(200, "<html>Please log in</html>");
        case Illness::kEmptyNames:
            return system.by_item ? status(200, R"({"items":[]})") : status(502);
        case Illness::kForgetsLogin:
            return random_.below(3) != 0 ? status(401) : take_all(system, items);
        case Illness::kChokes:
            return choke(system, items);
        case Illness::kWell:
            break;
    }
    return take_all(system, items);
}

void Cloud::effect(System& system, const Item& item) {
    system.said_again.erase(item.what.id);
    const Sale* sale = promises_.version(system.name, item.what.id, item.what.body);
    const Sale* choked = from_the_dead_ ? nullptr : system.choked;
    const bool in_order = sale != nullptr && !promises_.had_to_wait(*sale);
    if (in_order && choked != nullptr && sale->till == choked->till)
        system.passed = system.passed || (choked->number != 0 && sale->number > choked->number);
    const bool fresh = system.taken.emplace(item.what.id, item.what.body).second;
    if (fresh && (system.by_item || system.by_steps)) {
        const std::string document = "SO " + std::to_string(system.taken.size());
        system.documents.emplace(item.what.id, document);
        system.found_from.emplace(item.what.id, schedule_.clock.since_start() + kSearchLags);
        promises_.booked(item.what, document);
    }
    promises_.delivered(item.what, fresh);
}

std::string Cloud::taken_as(System& system, const Item& item) {
    effect(system, item);
    return R"(delivered","document":")" + system.documents[item.what.id] + "\"}";
}

// Rejects what is poison for it: item by item where it can, else the whole request.
HttpResponse Cloud::take_all(System& system, const std::vector<Item>& items) {
    const auto bad = [&](const Item& item) { return item.poison == system.name; };
    const bool known = system.by_steps && system.taken.contains(items.front().what.id);
    for (const Item& item : items)
        if (bad(item)) promises_.rejected(item.what);
    if (!system.by_item && std::ranges::any_of(items, bad)) return status(422, "the content cannot be booked");
    std::vector<std::string> named;
    for (const Item& item : items) {
        named.push_back(R"({"id":")" + item.what.id + R"(","outcome":")" +
                        (bad(item) ? R"(rejected","reason":"cannot be booked"})" : taken_as(system, item)));
    }
    if (system.by_steps)
        return status(known ? 409 : 200, R"({"number":")" + system.documents[items.front().what.id] + "\"}");
    return system.by_item ? status(200, name_items(std::move(named))) : status(random_.below(2) == 0 ? 202 : 204);
}

// In any order: systems work in parallel.
std::string Cloud::name_items(std::vector<std::string> named) {
    std::string out = R"({"items":[)";
    while (!named.empty()) {
        const auto next = named.begin() + static_cast<std::ptrdiff_t>(random_.below(named.size()));
        out += *next + (named.size() > 1 ? "," : "");
        named.erase(next);
    }
    return out + "]}";
}

// Fails on whatever holds one certain transaction, and takes all others.
HttpResponse Cloud::choke(System& system, const std::vector<Item>& items) {
    if (system.chokes_on.empty()) system.chokes_on = items.front().what.id;
    const auto guilty = [&](const Item& item) { return item.what.id == system.chokes_on; };
    if (std::ranges::none_of(items, guilty)) return take_all(system, items);
    for (const Item& item : items) {
        if (!guilty(item)) continue;
        promises_.choked_on(item.what);
        system.choked = promises_.version(system.name, item.what.id, item.what.body);
        const bool fresh = !system.taken.contains(item.what.id);  // else it breaks no order
        const bool again = system.passed && fresh && system.choked != nullptr && promises_.ordered(system.name) &&
                           !promises_.had_to_wait(*system.choked);
        promises_.check(!again,
                        "[sync-4] first later ones of its till, then it again: " + item.what.id + " at " + system.name);
    }
    return status(500);
}

// Of each till a first part; the rest is to be sent again.
HttpResponse Cloud::take_some(System& system, const std::vector<Item>& items) {
    std::set<std::string> stopped;
    std::vector<std::string> named;
    for (const Item& item : items) {
        if (random_.below(3) == 0) stopped.insert(item.what.till);
        const bool now = !stopped.contains(item.what.till) && item.poison != system.name;
        if (!now) stopped.insert(item.what.till);
        named.push_back(R"({"id":")" + item.what.id + R"(","outcome":")" +
                        (now ? taken_as(system, item) : R"(again"})"));
    }
    return status(207, name_items(std::move(named)));
}

}  // namespace tillkeeper::simulation
