#include "tests/till/library_till.h"

#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "tests/till/till_loop.h"

namespace tillkeeper::till {
namespace {

constexpr const char* kStore = "0042";

// A till that cannot keep what it sells must not go on selling.
void stop_selling(const pos::Failure& failure) {
    std::fprintf(stderr, "simulated-tills: %s\n", failure.message.c_str());
    std::exit(1);
}

pos::Settings settings_of(const std::string& folder, const TillOptions& options) {
    pos::Settings settings;
    settings.store = kStore;
    settings.till = options.user.name;
    settings.outbox_file = folder + "/" + options.user.name + ".outbox";
    settings.password_file = folder + "/" + options.user.name + ".password";
    settings.host = options.broker.host;
    settings.port = options.broker.port;
    settings.ca_file = options.broker.ca_file;
    settings.plain = settings.ca_file.empty();
    settings.in_flight = options.window;
    settings.answer_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(options.timeout);
    return settings;
}

}  // namespace

LibraryTill::LibraryTill(TillOptions options, SalesSource& source, const Pace& pace, Tally& tally, Random& random,
                         TillEvents events)
    : options_(std::move(options)),
      source_(source),
      tally_(tally),
      events_(std::move(events)),
      cashier_(options_, source, pace, tally, random, events_.poisoned) {}

Result<std::unique_ptr<LibraryTill>> LibraryTill::open(const std::string& folder, TillOptions options,
                                                       SalesSource& source, const Pace& pace, Tally& tally,
                                                       Random& random, TillEvents events) {
    std::unique_ptr<LibraryTill> till(
        new LibraryTill(std::move(options), source, pace, tally, random, std::move(events)));
    if (auto opened = till->open(folder); !opened) return std::unexpected(std::move(opened.error()));
    return till;
}

Result<void> LibraryTill::open(const std::string& folder) {
    const auto settings = settings_of(folder, options_);
    std::ofstream(settings.password_file) << options_.user.password << '\n';
    ::chmod(settings.password_file.c_str(), 0600);
    pos::Events events;
    events.answered = [this](const pos::Answer& heard) { answered(heard); };
    events.connection = [this](bool online, const std::string&) {
        if (online && std::exchange(was_online_, true)) ++tally_.reconnects;
    };
    events.put_off = [this](const std::string& id) {
        ++tally_.refused_for_now;
        Answer refused;
        refused.id = id;
        refused.outcome = Outcome::kRefused;
        if (events_.put_off) events_.put_off(id, refused);
    };
    auto opened = pos::Till::open(settings, std::move(events));
    if (!opened) return fail(ErrorCode::kInvalid, opened.failure().message);
    till_ = std::make_unique<pos::Till>(std::move(*opened));
    for (auto sold = till_->counts().next_sequence; sold > 1; --sold) static_cast<void>(source_.next(options_.index));
    return {};
}

void LibraryTill::tick(MonotonicTime now) {
    cashier_.sell(now, {.has_room = [this] { return waiting() < options_.window; },
                        .waiting = [this] { return waiting(); },
                        .take = [this](const Transaction& transaction) { take(transaction); }});
}

void LibraryTill::ready(MonotonicTime now, bool, bool) {
    if (const auto done = till_->run_once(std::chrono::milliseconds(0)); !done) stop_selling(done.failure());
    tick(now);
}

void LibraryTill::take(const Transaction& transaction) {
    pos::Sale sale;
    sale.type = transaction.type;
    sale.content = content_json(transaction);
    sale.occurred_at = to_rfc3339(transaction.occurred_at, true);
    sale.business_day = transaction.business_day();
    sale.receipt = transaction.receipt;
    sale.id = transaction.id;  // what later returns refer to
    handed_over_.emplace(sale.id, monotonic_now());
    if (const auto kept = till_->hand_over(sale); !kept) stop_selling(kept.failure());
}

void LibraryTill::answered(const pos::Answer& heard) {
    auto answer = read_answer(heard.document).value_or(Answer{});
    answer.id = heard.id;
    answer.outcome = static_cast<Outcome>(heard.outcome);
    answer.problem = heard.problem;
    std::optional<Duration> took;  // unknown where it was sold in an earlier life
    if (const auto sold = handed_over_.extract(heard.id)) {
        took = monotonic_now() - sold.mapped();
        tally_.latencies.add(*took);
    }
    ++tally_.settled[static_cast<std::size_t>(answer.outcome)];
    if (events_.answered) events_.answered(heard.id, answer, took);
}

}  // namespace tillkeeper::till
