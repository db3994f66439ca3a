#include "agent/local/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cmath>
#include <map>
#include <tuple>

#include "agent/local/box_series.h"
#include "agent/local/open_metrics.h"
#include "agent/version.h"

namespace tillkeeper::agent {
namespace {

const prometheus::Histogram::BucketBoundaries kAcceptSeconds{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                                             0.1,    0.25,  0.5,   1,     2.5,  5,    10};

using Times = sync::DeliveryTimes;

// Of one destination; looking them up by their labels each time costs more than all else here.
struct DestinationSeries {
    prometheus::Gauge& behind;
    prometheus::Gauge& oldest;
    prometheus::Gauge& held;
    prometheus::Gauge& held_for;
    prometheus::Counter& delivered;
    prometheus::Counter& again;
    prometheus::Counter& unauthorised;
    prometheus::Counter& rejected;
    prometheus::Histogram& seconds;
    Times counted{};
    prometheus::Gauge* waiting = nullptr;
    std::string cause{};
};

void raise(DestinationSeries& series, const Times& to) {
    std::vector<double> more;
    for (std::size_t i = 0; i < to.counts.size(); ++i)
        more.push_back(static_cast<double>(to.counts[i] - series.counted.counts[i]));
    series.seconds.ObserveMultiple(more, to.sum - series.counted.sum);
    series.counted = to;
}

void raise(prometheus::Counter& counter, std::uint64_t to) {
    counter.Increment(static_cast<double>(to) - counter.Value());
}

}  // namespace

struct Metrics::Series {
    using Counters = prometheus::Family<prometheus::Counter>;
    using Gauges = prometheus::Family<prometheus::Gauge>;
    using Histograms = prometheus::Family<prometheus::Histogram>;

    prometheus::Registry registry;
    prometheus::Gauge& started =
        gauge("process_start_time_seconds", "When the daemon began to run, in seconds since 1970");
    prometheus::Gauge& schema = gauge("tillkeeper_schema_version", "Form of the journal's file");
    prometheus::Gauge& accepting = gauge("tillkeeper_accepting", "1 while transactions can be accepted");
    Counters& transactions = counters("tillkeeper_transactions_total", "Answers to hand-overs by outcome");
    prometheus::Counter& accepted = transactions.Add({{"outcome", "accepted"}});
    prometheus::Counter& duplicate = transactions.Add({{"outcome", "duplicate"}});
    prometheus::Counter& quarantined = transactions.Add({{"outcome", "quarantined"}});
    prometheus::Counter& refused = transactions.Add({{"outcome", "refused"}});
    Counters& refusals = counters("tillkeeper_refusals_total", "Refused hand-overs by problem");
    prometheus::Histogram& accept_seconds =
        histograms("tillkeeper_accept_seconds", "Seconds from arrival to answer").Add({}, kAcceptSeconds);
    prometheus::Gauge& entries = gauge("tillkeeper_journal_entries", "Entries kept in the journal");
    prometheus::Gauge& bytes = gauge("tillkeeper_journal_bytes", "Bytes of the journal on disk");
    prometheus::Gauge& in_quarantine = gauge("tillkeeper_quarantined", "Transactions that a person must look at");
    prometheus::Gauge& in_quarantine_for =
        gauge("tillkeeper_quarantined_oldest_seconds", "How long the oldest of them waits");
    Gauges& behind = gauges("tillkeeper_destination_behind", "Entries that the destination has not got yet");
    Gauges& oldest = gauges("tillkeeper_destination_oldest_seconds", "Age of the oldest of them");
    Gauges& held = gauges("tillkeeper_destination_held", "Transactions held for a person");
    Gauges& held_for = gauges("tillkeeper_destination_held_oldest_seconds", "How long the oldest of them waits");
    Gauges& waiting =
        gauges("tillkeeper_destination_waiting", "1 while nothing goes to the destination, and why (cause)");
    prometheus::Gauge& differences =
        gauge("tillkeeper_differences", "Rows in the journal that say where a destination booked otherwise");
    Counters& deliveries = counters("tillkeeper_deliveries_total", "Transactions by destination and result");
    Histograms& delivery_seconds =
        histograms("tillkeeper_delivery_seconds", "Seconds from a transaction's arrival to its delivery");
    Counters& lookups = counters("tillkeeper_lookups_total", "Answers to look-ups by collection, outcome and source");
    Gauges& copy_age = gauges("tillkeeper_copy_age_seconds", "Age of the copy of a collection; absent: there is none");
    Gauges& copy_stale = gauges("tillkeeper_copy_stale", "1 when the copy is older than its configuration allows");
    prometheus::Gauge& online = gauge("tillkeeper_online", "1 when every destination can be reached");
    prometheus::Gauge& offline = gauge("tillkeeper_offline", "1 when no destination can be reached");
    prometheus::Gauge& runway =
        gauge("tillkeeper_runway_seconds", "How long the store can go on like this; NaN: not known");
    prometheus::Gauge& disk_free = gauge("tillkeeper_disk_free_bytes", "Bytes free where the journal lies");
    prometheus::Gauge& clock_trusted = gauge("tillkeeper_clock_trusted", "1 when the wall clock was set since boot");
    Counters& telemetry_dropped =
        counters("tillkeeper_telemetry_dropped_total", "Points, lines and spans that the collector did not get");
    BySignal<prometheus::Counter*> dropped;
    Gauges& certificates = gauges("tillkeeper_certificate_expiry_seconds", "Seconds until a certificate expires");

    Series() {
        // An alert that waits for the first one has missed it.
        for (const auto refusal : kRefusals) refusals.Add({{"problem", std::string(to_string(refusal))}});
        for (const auto signal : kTelemetrySignals)
            dropped[signal] = &telemetry_dropped.Add({{"signal", std::string(to_string(signal))}});
        gauges("tillkeeper_build_info", "Version").Add({{"version", std::string(kVersion)}}).Set(1);
    }

    Counters& counters(const char* name, const char* help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    }
    Gauges& gauges(const char* name, const char* help) {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
    }
    Histograms& histograms(const char* name, const char* help) {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
    }
    prometheus::Gauge& gauge(const char* name, const char* help) { return gauges(name, help).Add({}); }

    BoxSeries box{registry};
    std::map<std::string, DestinationSeries, std::less<>> destinations;
    std::map<std::tuple<std::string, LookupOutcome, LookupSource>, prometheus::Counter*> looked_up;

    DestinationSeries& destination(const std::string& name) {
        const auto known = destinations.find(name);
        if (known != destinations.end()) return known->second;
        const prometheus::Labels labels{{"destination", name}};
        const auto counter = [&](const char* result) -> prometheus::Counter& {
            return deliveries.Add({{"destination", name}, {"result", result}});
        };
        DestinationSeries made{
            .behind = behind.Add(labels),
            .oldest = oldest.Add(labels),
            .held = held.Add(labels),
            .held_for = held_for.Add(labels),
            .delivered = counter("delivered"),
            .again = counter("again"),
            .unauthorised = counter("unauthorised"),
            .rejected = counter("rejected"),
            .seconds = delivery_seconds.Add(
                labels, prometheus::Histogram::BucketBoundaries{Times::kBounds.begin(), Times::kBounds.end()})};
        return destinations.emplace(name, made).first->second;
    }

    // Only the cause of now is shown.
    void wait(DestinationSeries& series, const sync::DestinationStatus& status) {
        if (series.waiting == nullptr || series.cause != status.cause) {
            if (series.waiting != nullptr) waiting.Remove(series.waiting);
            series.waiting = &waiting.Add({{"destination", status.name}, {"cause", status.cause}});
            series.cause = status.cause;
        }
        series.waiting->Set(status.state == sync::DestinationStatus::State::kWaiting ? 1 : 0);
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

void Metrics::refused(Refusal refusal) {
    series_->refusals.Add({{"problem", std::string(to_string(refusal))}}).Increment();
}

void Metrics::started(WallTime at, int schema) {
    series_->started.Set(std::chrono::duration<double>(at.time_since_epoch()).count());
    series_->schema.Set(schema);
}

void Metrics::update(const StoreState& state) {
    series_->accepting.Set(state.not_accepting.empty() ? 1 : 0);
    series_->entries.Set(static_cast<double>(state.journal_entries));
    series_->bytes.Set(static_cast<double>(state.journal_bytes));
    series_->in_quarantine.Set(static_cast<double>(state.quarantined));
    series_->in_quarantine_for.Set(static_cast<double>(state.quarantined_seconds));
    series_->online.Set(state.state == "online" || state.state == "catching_up" ? 1 : 0);
    series_->offline.Set(state.state == "offline" ? 1 : 0);
    series_->differences.Set(static_cast<double>(state.differences));
    series_->disk_free.Set(static_cast<double>(state.disk_free_bytes));
    series_->clock_trusted.Set(state.clock_trusted ? 1 : 0);
    series_->runway.Set(state.runway ? static_cast<double>(state.runway->hours) * 3600 : std::nan(""));
    series_->box.update(state.box, state.hardware);
    for (const auto& d : state.destinations) update(d);
    for (const auto& copy : state.copies) {
        const prometheus::Labels labels{{"collection", copy.collection}};
        series_->copy_stale.Add(labels).Set(copy.stale ? 1 : 0);
        if (copy.age_seconds) series_->copy_age.Add(labels).Set(static_cast<double>(*copy.age_seconds));
    }
}

void Metrics::update(const DestinationState& state) {
    auto& series = series_->destination(state.sync.name);
    series.behind.Set(static_cast<double>(state.behind));
    series.oldest.Set(static_cast<double>(state.oldest_seconds));
    series.held.Set(static_cast<double>(state.held));
    series.held_for.Set(static_cast<double>(state.held_seconds));
    raise(series.delivered, state.sync.delivered);
    raise(series.again, state.sync.again);
    raise(series.unauthorised, state.sync.unauthorised);
    raise(series.rejected, state.sync.rejected);
    raise(series, state.sync.times);
    series_->wait(series, state.sync);
}

void Metrics::update(const TelemetryDropped& dropped) {
    for (const auto signal : kTelemetrySignals) raise(*series_->dropped[signal], dropped[signal]);
}

void Metrics::certificate(const std::string& use, Duration left) {
    series_->certificates.Add({{"use", use}}).Set(std::chrono::duration<double>(left).count());
}

std::string Metrics::text() const {
    return open_metrics_text(series_->registry.Collect());
}

std::vector<prometheus::MetricFamily> Metrics::families() const {
    return series_->registry.Collect();
}

std::string Metrics::plain_text() const {
    return prometheus::TextSerializer().Serialize(series_->registry.Collect());
}

}  // namespace tillkeeper::agent
