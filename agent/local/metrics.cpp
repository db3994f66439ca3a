#include "agent/local/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <tuple>

#include "agent/local/open_metrics.h"
#include "agent/version.h"

namespace tillkeeper::agent {
namespace {

const prometheus::Histogram::BucketBoundaries kAcceptSeconds{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                                             0.1,    0.25,  0.5,   1,     2.5,  5,    10};

void raise(prometheus::Counter& counter, std::uint64_t to) {
    counter.Increment(static_cast<double>(to) - counter.Value());
}

}  // namespace

struct Metrics::Series {
    using Counters = prometheus::Family<prometheus::Counter>;
    using Gauges = prometheus::Family<prometheus::Gauge>;

    prometheus::Registry registry;
    Counters& transactions = counters("tillkeeper_transactions_total", "Answers to hand-overs by outcome");
    prometheus::Counter& accepted = transactions.Add({{"outcome", "accepted"}});
    prometheus::Counter& duplicate = transactions.Add({{"outcome", "duplicate"}});
    prometheus::Counter& quarantined = transactions.Add({{"outcome", "quarantined"}});
    prometheus::Counter& refused = transactions.Add({{"outcome", "refused"}});
    prometheus::Histogram& accept_seconds = prometheus::BuildHistogram()
                                                .Name("tillkeeper_accept_seconds")
                                                .Help("Seconds from arrival to answer")
                                                .Register(registry)
                                                .Add({}, kAcceptSeconds);
    prometheus::Gauge& entries = gauge("tillkeeper_journal_entries", "Entries kept in the journal");
    prometheus::Gauge& bytes = gauge("tillkeeper_journal_bytes", "Bytes of the journal on disk");
    Gauges& behind = gauges("tillkeeper_destination_behind", "Entries that the destination has not got yet");
    Gauges& oldest = gauges("tillkeeper_destination_oldest_seconds", "Age of the oldest of them");
    Gauges& held = gauges("tillkeeper_destination_held", "Transactions held for a person");
    prometheus::Gauge& differences =
        gauge("tillkeeper_differences", "Rows in the journal that say where a destination booked otherwise");
    Counters& deliveries = counters("tillkeeper_deliveries_total", "Transactions by destination and result");
    Counters& lookups = counters("tillkeeper_lookups_total", "Answers to look-ups by collection, outcome and source");
    prometheus::Gauge& online = gauge("tillkeeper_online", "1 when every destination can be reached");
    prometheus::Gauge& disk_free = gauge("tillkeeper_disk_free_bytes", "Bytes free where the journal lies");
    prometheus::Gauge& clock_trusted = gauge("tillkeeper_clock_trusted", "1 when the wall clock was set since boot");

    Gauges& certificates = gauges("tillkeeper_certificate_expiry_seconds", "Seconds until a certificate expires");

    Series() { gauges("tillkeeper_build_info", "Version").Add({{"version", std::string(kVersion)}}).Set(1); }

    Counters& counters(const char* name, const char* help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    }
    Gauges& gauges(const char* name, const char* help) {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
    }
    prometheus::Gauge& gauge(const char* name, const char* help) { return gauges(name, help).Add({}); }

    // Of one destination; looking them up by their labels each time costs more than all else here.
    struct Destination {
        prometheus::Gauge& behind;
        prometheus::Gauge& oldest;
        prometheus::Gauge& held;
        prometheus::Counter& delivered;
        prometheus::Counter& again;
        prometheus::Counter& unauthorised;
        prometheus::Counter& rejected;
    };
    std::map<std::string, Destination, std::less<>> destinations;
    std::map<std::tuple<std::string, LookupOutcome, LookupSource>, prometheus::Counter*> looked_up;

    Destination& destination(const std::string& name) {
        const auto known = destinations.find(name);
        if (known != destinations.end()) return known->second;
        const prometheus::Labels labels{{"destination", name}};
        const auto counter = [&](const char* result) -> prometheus::Counter& {
            return deliveries.Add({{"destination", name}, {"result", result}});
        };
        Destination made{behind.Add(labels), oldest.Add(labels),      held.Add(labels),   counter("delivered"),
                         counter("again"),   counter("unauthorised"), counter("rejected")};
        return destinations.emplace(name, made).first->second;
    }
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {}
Metrics::~Metrics() = default;

void Metrics::answered(Outcome outcome, double seconds) {
    series_->accept_seconds.Observe(seconds);
    switch (outcome) {
        case Outcome::kAccepted:
            return series_->accepted.Increment();
        case Outcome::kDuplicate:
            return series_->duplicate.Increment();
        case Outcome::kQuarantined:
            return series_->quarantined.Increment();
        case Outcome::kRefused:
            return series_->refused.Increment();
    }
}

void Metrics::looked_up(const std::string& collection, LookupOutcome outcome, LookupSource source) {
    const auto key = std::tuple(collection, outcome, source);
    auto known = series_->looked_up.find(key);
    if (known == series_->looked_up.end()) {
        auto& counter = series_->lookups.Add({{"collection", collection},
                                              {"outcome", std::string(to_string(outcome))},
                                              {"source", std::string(to_string(source))}});
        known = series_->looked_up.emplace(key, &counter).first;
    }
    known->second->Increment();
}

void Metrics::update(const StoreState& state) {
    series_->entries.Set(static_cast<double>(state.journal_entries));
    series_->bytes.Set(static_cast<double>(state.journal_bytes));
    series_->online.Set(state.state == "online" || state.state == "catching_up" ? 1 : 0);
    series_->differences.Set(static_cast<double>(state.differences));
    series_->disk_free.Set(static_cast<double>(state.disk_free_bytes));
    series_->clock_trusted.Set(state.clock_trusted ? 1 : 0);
    for (const auto& d : state.destinations) {
        auto& series = series_->destination(d.sync.name);
        series.behind.Set(static_cast<double>(d.behind));
        series.oldest.Set(static_cast<double>(d.oldest_seconds));
        series.held.Set(static_cast<double>(d.held));
        raise(series.delivered, d.sync.delivered);
        raise(series.again, d.sync.again);
        raise(series.unauthorised, d.sync.unauthorised);
        raise(series.rejected, d.sync.rejected);
    }
}

void Metrics::certificate(const std::string& use, Duration left) {
    series_->certificates.Add({{"use", use}}).Set(std::chrono::duration<double>(left).count());
}

std::string Metrics::text() const {
    return open_metrics_text(series_->registry.Collect());
}

}  // namespace tillkeeper::agent
