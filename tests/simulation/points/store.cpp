#include "tests/simulation/points/store.h"

namespace tillkeeper::simulation {
namespace {

using std::chrono::seconds;

sync::SourceConfig collection(const std::string& name, const std::string& path, const std::string& key,
                              Duration every) {
    sync::SourceConfig config;
    config.collection = name;
    config.url = std::string(PointsCloud::kAddress) + path + "cursor={cursor}&page={page}";
    config.record_key = key;
    config.every = every;
    return config;
}

}  // namespace

Store::Store(Parts parts, std::size_t index)
    : index_(index), name_("000" + std::to_string(index + 1)), parts_(parts), random_(parts.story.seed * 8 + index) {
    promises_.subscribe("crm", {});
    box = std::make_unique<Box>(Box::Parts{schedule, random_, broker, network, promises_, parts_.trace,
                                           [this](agent::Config& config) { furnish(config); }},
                                parts_.story);
    counter =
        std::make_unique<Counter>(Counter::Parts{schedule, random_, broker, parts_.judge, index_}, parts_.story.tills);
    parts_.judge.add_store({.clock = &schedule.clock, .boot = [this] { return box->boots(); }});
    listen();
}

void Store::furnish(agent::Config& config) const {
    config.store_id = name_;
    config.bus_identity = "a secret of " + name_;
    for (auto& destination : config.destinations) {
        destination.kind = sync::DestinationKind::kHttp;
        destination.steps.clear();
        destination.oauth.dpop_key_pem.clear();
        destination.format = sync::EventFormat::kBatched;
        destination.url = std::string(PointsCloud::kAddress) + "/transactions";
        destination.gzip = false;
    }
    const Duration every = seconds(4 + (parts_.story.seed % 9));
    auto members = collection("members", "/feed/members?", "member_id", every);
    members.search = {{.field = "card", .normal = sync::Normal::kDigits}};
    members.knows_deliveries_of = "crm";
    members.fresh = parts_.rules.fresh;
    members.live = sync::LiveConfig{
        .url = std::string(PointsCloud::kAddress) + "/live/members?by={field}&key={key}", .query = {}, .answer = {}};
    auto products = collection("products", "/feed/products?", "sku", every);
    products.search = {{.field = "range"}};
    products.fresh = parts_.rules.fresh;
    auto leases = collection("leases", "/leases?store=" + name_ + '&', "jti", every);
    leases.search = {{.field = "member_id"}, {.field = "pool"}, {.field = "store"}};
    config.collections = {members, products, leases, collection("lease_keys", "/keys?", "kid", seconds(60))};
    agent::LoyaltyConfig loyalty;
    loyalty.names.destination = "crm";
    loyalty.names.issuer = kIssuer;
    loyalty.allowance.member = parts_.rules.allowance_member;
    loyalty.allowance.store = parts_.rules.allowance_store;
    loyalty.live.url = std::string(PointsCloud::kAddress) + "/redemptions";
    loyalty.live.deadline = parts_.rules.redemption_deadline;
    config.loyalty = std::move(loyalty);
}

void Store::listen() {
    Judge& judge = parts_.judge;
    broker.on_daemon_lost = [this, &judge] { judge.connection_lost(index_); };
    broker.on_handed_over = [this, &judge](const MqttMessage& message) {
        if (parts_.overhears) parts_.overhears(message);
        judge.handed_over(index_, message.correlation_data);
    };
    broker.on_said = [this, &judge](const MqttMessage& message) {
        if (parts_.overhears) parts_.overhears(message);
        if (!message.retain) judge.said(index_, message, broker.daemon_connected());
    };
    box->on_death = [this, &judge] { judge.connection_lost(index_); };
    network.cloud = [this](const HttpRequest& request, Duration) { return parts_.cloud.serve(request, now()); };
    network.thinks = [this] { return parts_.cloud.thinks(now()); };
}

void Store::step(MonotonicTime end) {
    if (!schedule.step(end)) return;
    box->bury();
    if (!promises_.first_broken().empty()) parts_.judge.broken(now(), promises_.first_broken());
}

void Store::heal() {
    network.become(Weather::kFine, {});
    broker.come_back();
    box->disk().heal();
    box->disk().limit({});
    box->charge_syncs({}, {});
    box->set_clock_trust(true);
    schedule.clock.correct_wall();
}

}  // namespace tillkeeper::simulation
