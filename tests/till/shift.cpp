#include "tests/till/shift.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <utility>

#include "tests/till/library_till.h"
#include "tests/till/till.h"
#include "tests/till/users_file.h"

namespace tillkeeper::till {
namespace {

constexpr Duration kReportEvery = std::chrono::milliseconds(250);
constexpr std::int64_t kSalesGenerated = 20'000;

}  // namespace

Shift::Shift(ShiftOptions options, std::FILE* progress)
    : options_(std::move(options)), progress_(progress), random_(options_.seed), ids_(nullptr, std::fclose) {
    pace_.per_second = options_.rate * static_cast<double>(options_.tills);
}

Shift::~Shift() = default;

Result<std::unique_ptr<Shift>> Shift::prepare(ShiftOptions options, std::FILE* progress) {
    std::unique_ptr<Shift> shift(new Shift(std::move(options), progress));
    if (auto done = shift->open_source(); !done) return std::unexpected(std::move(done.error()));
    if (auto done = shift->open_files(); !done) return std::unexpected(std::move(done.error()));
    if (auto done = shift->add_tills(); !done) return std::unexpected(std::move(done.error()));
    return shift;
}

Result<void> Shift::open_source() {
    if (options_.from.empty()) {
        source_ = std::make_unique<SalesGenerator>(
            GeneratorOptions{.seed = options_.seed,
                             .tills = options_.tills,
                             .transactions = options_.sales < 0 ? kSalesGenerated : options_.sales,
                             .only_sales = options_.only_sales,
                             .body_bytes = options_.bytes,
                             .currency = options_.currency});
        return {};
    }
    auto file = RetailCsv::open({options_.from, options_.tills, options_.sales, options_.seed});
    if (!file) return std::unexpected(std::move(file.error()));
    auto expected = expected_by_day(options_.from, options_.sales);
    if (!expected) return std::unexpected(std::move(expected.error()));
    odd_ = file->odd();
    expected_ = std::move(*expected);
    source_ = std::make_unique<RetailCsv>(std::move(*file));
    return {};
}

Result<void> Shift::open_files() {
    if (!options_.ids.empty()) {
        ids_.reset(std::fopen(options_.ids.c_str(), "ae"));
        if (!ids_) return fail(ErrorCode::kIo, options_.ids + " cannot be written");
    }
    if (options_.outbox.empty()) return {};
    auto outbox = Outbox::open(options_.outbox, options_.tills);
    if (!outbox) return std::unexpected(std::move(outbox.error()));
    outbox_ = std::move(*outbox);
    tally_ = outbox_->past().tally;
    for (std::size_t till = 0; till < options_.tills; ++till)
        for (auto sold = outbox_->past().sold[till]; sold > 0; --sold) static_cast<void>(source_->next(till));
    return {};
}

Result<void> Shift::add_tills() {
    auto users = read_users(options_.users_file);
    if (!users) return std::unexpected(std::move(users.error()));
    std::erase_if(*users, [](const BrokerUser& user) { return user.name == kAgentUser; });
    if (users->size() < options_.tills)
        return fail(ErrorCode::kInvalid,
                    options_.users_file + " names only " + std::to_string(users->size()) + " tills");
    for (std::size_t i = 0; i < options_.tills; ++i) {
        const bool five = options_.mqtt == "5" || (options_.mqtt == "mixed" && i % 2 == 0);
        names_.push_back((*users)[i].name);
        auto till = make_till(i, {.broker = options_.broker,
                                  .user = std::move((*users)[i]),
                                  .version = five ? MqttVersion::k5 : MqttVersion::k311,
                                  .index = i,
                                  .tills = options_.tills,
                                  .window = options_.in_flight,
                                  .timeout = options_.timeout});
        if (!till) return std::unexpected(std::move(till.error()));
        if (options_.poison && i == 0) (*till)->poison_next();
        loop_.add(std::move(*till));
    }
    return {};
}

Result<std::unique_ptr<SimulatedTill>> Shift::make_till(std::size_t index, TillOptions options) {
    if (!options_.library.empty())
        return LibraryTill::open(options_.library, std::move(options), *source_, pace_, tally_, random_,
                                 events_of(index));
    auto till = std::make_unique<Till>(std::move(options), *source_, pace_, tally_, random_, events_of(index));
    if (outbox_)
        for (auto& sale : outbox_->past().waiting[index]) till->keep(std::move(sale));
    return till;
}

TillEvents Shift::events_of(std::size_t index) {
    TillEvents events;
    if (outbox_) events.sold = [this, index](const KeptSale& sale) { outbox_->sold(index, sale); };
    events.answered = [this, index](const std::string& id, const Answer& answer, std::optional<Duration> took) {
        answered(index, id, answer, took);
    };
    events.put_off = [this, index](const std::string& id, const Answer& answer) {
        note(index, id, answer, Duration(0));
    };
    events.poisoned = [this, index](const std::string& id) {
        report(R"({"event":"poisoned","id":")" + id + R"(","till":")" + names_[index] + "\"}");
    };
    return events;
}

void Shift::answered(std::size_t till, const std::string& id, const Answer& answer, std::optional<Duration> took) {
    if (outbox_ && took) outbox_->settled(till, id, answer.outcome);
    note(till, id, answer, took);
}

void Shift::note(std::size_t till, const std::string& id, const Answer& answer, std::optional<Duration> took) const {
    if (!ids_) return;
    const std::string outcome(to_string(answer.outcome));
    std::fprintf(
        ids_.get(),
        R"({"id":"%s","till":"%s","outcome":"%s","journal_number":%lld,"hash":"%s","problem":"%s","late":%s,"took_us":%lld})"
        "\n",
        id.c_str(), names_[till].c_str(), outcome.c_str(), static_cast<long long>(answer.journal_number),
        answer.hash.c_str(), answer.problem.c_str(), took ? "false" : "true",
        static_cast<long long>(took.value_or(Duration(0)).count()));
}

void Shift::report(const std::string& line) const {
    if (progress_ == nullptr) return;
    std::fprintf(progress_, "%s\n", line.c_str());
    std::fflush(progress_);
}

void Shift::command(const std::string& line) {
    const auto space = line.find(' ');
    const std::string word = line.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
    int number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    const bool numbered = error == std::errc() && end == rest.data() + rest.size() && number >= 0;
    if (word == "pause" && rest.empty()) {
        pace_.paused = true;
    } else if (word == "resume" && rest.empty()) {
        pace_.paused = false;
    } else if (word == "close" && rest.empty()) {
        pace_.closed = true;
    } else if (word == "stop" && rest.empty()) {
        stopped_ = true;
    } else if (word == "pace" && numbered) {
        pace_.per_second = number;
    } else if (word == "poison" && numbered) {
        for (int i = 0; i < number; ++i) loop_.tills()[static_cast<std::size_t>(i) % options_.tills]->poison_next();
    } else {
        return report(R"({"event":"unknown_command"})");
    }
    report(R"({"event":"command","command":")" + word + "\"}");
}

void Shift::take_commands(int descriptor) {
    loop_.watch(descriptor, [this, descriptor] {
        std::array<char, 512> bytes{};
        const auto count = ::read(descriptor, bytes.data(), bytes.size());
        if (count <= 0) return false;
        typed_.append(bytes.data(), static_cast<std::size_t>(count));
        for (auto end = typed_.find('\n'); end != std::string::npos; end = typed_.find('\n')) {
            command(typed_.substr(0, end));
            typed_.erase(0, end + 1);
        }
        return true;
    });
}

void Shift::count_waiting() {
    tally_.waiting = 0;
    tally_.sent_again = 0;
    for (const auto& till : loop_.tills()) {
        tally_.waiting += static_cast<std::int64_t>(till->waiting());
        tally_.sent_again += till->sent_again();
    }
}

Shift::End Shift::run(const std::function<bool()>& stop) {
    started_ = monotonic_now();
    MonotonicTime next_report = started_;
    End end = End::kAllAnswered;
    while (!loop_.done()) {
        const auto now = monotonic_now();
        if (now >= next_report) {
            next_report = now + kReportEvery;
            count_waiting();
            report(to_json(tally_, false));
            if (ids_) std::fflush(ids_.get());
        }
        if (options_.deadline.count() > 0 && now - started_ > options_.deadline) end = End::kDeadline;
        if (stopped_ || stop()) end = End::kStopped;
        if (end != End::kAllAnswered) break;
        loop_.turn(std::chrono::milliseconds(50));
    }
    count_waiting();
    report(to_json(tally_, false));
    for (const auto& till : loop_.tills()) till->say_goodbye();
    if (end == End::kAllAnswered && tally_.of(Outcome::kRefused) > 0) end = End::kKeptRefused;
    return end;
}

std::string Shift::summary() const {
    std::string out = to_json(tally_, true);
    out.pop_back();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(monotonic_now() - started_);
    out += R"(,"summary":true,"took_ms":)" + std::to_string(took.count());
    if (odd_) out += R"(,"odd_rows":)" + std::to_string(odd_->count());
    if (expected_)
        out += std::string(R"(,"days_agree_with_file":)") + (*expected_ == tally_.amount_by_day ? "true" : "false");
    return out + '}';
}

}  // namespace tillkeeper::till
