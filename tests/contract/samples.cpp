#include "tests/contract/samples.h"

#include "agent/bus/topics.h"
#include "agent/config/config.h"
#include "agent/daemon.h"
#include "agent/local/store_state.h"
#include "sync/connectivity.h"
#include "tests/contract/desk.h"

namespace tillkeeper::contract {
namespace {

// A sale with this id, and more members.
std::string sale(const std::string& id, const std::string& more = "") {
    return R"({"id":")" + id + R"(","type":"sale","till_sequence":7,"occurred_at":"2026-11-20T10:42:07.120+01:00")" +
           more + '}';
}

std::vector<HandOver> hand_overs() {
    const std::string till = "tillkeeper/v1/tills/";
    return {
        // accepted, duplicate, id-conflict
        {sale("a"), till + "till-1/answers/desk 3", "c-1"},
        {sale("a")},
        {sale("a", R"(,"total":1)")},
        {sale("b", R"(,"lines":[{"amount":7,"unit_price":-7,"quantity":1.125}],"tenders":[{"amount":7}],"total":7)")},
        {sale("c", R"(,"receipt":null,"member_id":null,"refers_to":"a","unknown":{"deep":[1,null,true]})")},
        // already-collected
        {R"({"id":"c1","type":"order_collected","till_sequence":8,"occurred_at":"2026-11-20T10:42:07Z","refers_to":"o-1"})"},
        {R"({"id":"c2","type":"order_collected","till_sequence":9,"occurred_at":"2026-11-20T10:42:08Z","refers_to":"o-1"})"},
        // missing-member, unusable-member
        {"{}"},
        {"{}"},  // a duplicate of what was quarantined
        {R"({"id":"d"})"},
        {sale("not an id")},
        {sale("e", R"(,"business_day":"20 November","receipt":7,"member_id":7,"refers_to":"","lines":{},"tenders":1)")},
        {R"({"id":"f","type":"","till_sequence":-1,"occurred_at":"yesterday"})"},
        {R"({"id":"f2","type":"sale","till_sequence":1.5,"occurred_at":null})"},
        // not-money, not-a-quantity, currency, totals
        {sale("g", R"(,"total":15.3)")},
        {sale("h", R"(,"lines":[{"quantity":1}],"tenders":[7])")},
        {sale("i", R"(,"lines":[{"amount":1,"unit_price":"1","quantity":1.0001}])")},
        {sale("j", R"(,"currency":"eur","lines":[{"amount":1}],"tenders":[{"amount":3}],"total":2)")},
        // inexact-number, repeated-member, nul-character, broken-character
        {sale("k", R"(,"points":9007199254740993,"points":1,"a":"\u0000","b":"\ud800")")},
        {sale("l", R"(,"a~/\n":1.2345678901234567)")},
        // malformed, too-large, card-number, not-yours
        {"hello"},
        {"[1]"},
        {std::string("\xff\xfe")},
        {""},
        {std::string(300'000, ' ')},
        {sale("m", R"(,"lines":[{"description":"4111 1111 1111 1111","amount":1}])")},
        {sale("n"), till + "till-2/replies"},
    };
}

void say(Desk& desk, const HandOver& what, std::vector<MqttMessage>& said) {
    said.push_back({.topic = kTransactionsTopic,
                    .payload = what.payload,
                    .response_topic = what.response_topic,
                    .correlation_data = what.correlation_data});
    said.push_back(desk.hand_over(what));
}

std::vector<std::string> states() {
    using agent::DestinationState;
    agent::StoreState state;
    state.store = "0042";
    std::vector<std::string> out{to_json(state)};
    state.state = "offline";
    state.cause = "no_route";
    DestinationState erp;
    erp.sync.name = "erp";
    erp.sync.state = sync::DestinationStatus::State::kWaiting;
    erp.sync.cause = "no_route";
    erp.behind = 133;
    erp.oldest = WallTime{};
    DestinationState crm;
    crm.sync.name = "crm";
    crm.behind = 3;
    crm.eta_s = 1;
    state.destinations = {erp, crm};
    state.safe = 133;
    state.runway = {412, agent::RunwayLimit::kDisk};
    state.offline_until = WallTime{} + std::chrono::hours(1);
    state.clock_trusted = true;
    out.push_back(to_json(state));
    for (const char* cause : {"by_staff", "no_link", "no_dns", "captive_portal", "tls", "login", "service"}) {
        state.cause = state.destinations.front().sync.cause = cause;
        state.not_accepting = "the disk is full";
        out.push_back(to_json(state));
    }
    for (const auto named : {sync::StoreState::kOnline, sync::StoreState::kCatchingUp, sync::StoreState::kDegraded,
                             sync::StoreState::kOffline}) {
        state.state = sync::to_string(named);
        out.push_back(to_json(state));
    }
    return out;
}

}  // namespace

std::vector<MqttMessage> sample_messages() {
    std::vector<MqttMessage> said;
    Desk desk;
    for (const auto& what : hand_overs()) say(desk, what, said);
    desk.journal().busy = true;
    say(desk, {sale("o")}, said);
    desk.journal().busy = false;
    desk.journal().full = true;
    say(desk, {sale("p")}, said);
    for (auto& state : states())
        said.push_back({.topic = std::string(agent::kStatusTopic), .payload = std::move(state), .retain = true});
    agent::Config config;
    config.store_id = "0042";
    said.push_back(agent::bus_options(config).will);
    return said;
}

}  // namespace tillkeeper::contract
