// Promises, first half: what tills hear.
#include "tests/simulation/promises.h"

#include <algorithm>

namespace tillkeeper::simulation {
namespace {

using std::chrono::seconds;

// From arrival to answer while nothing is wrong with the disk, whatever is wrong with the cloud. [agent-7]
constexpr Duration kAnswerMax = seconds(1);

std::string number_in(const lab::Json& answer) {
    const auto number = answer["journal_number"].number();
    return number == 0 ? "" : ", number " + std::to_string(number);
}

}  // namespace

void Promises::broken(std::string what) {
    if (!broken_.empty()) return;
    broken_ = std::move(what);
    trace_.add(clock_.since_start(), "BROKEN", broken_);
}

Sale& Promises::add(Sale sale) {
    sale.key = std::to_string(sales_.size());
    sale.sold_at = clock_.since_start();
    sales_.push_back(std::move(sale));
    by_id_[sales_.back().id].push_back(&sales_.back());
    return sales_.back();
}

Sale* Promises::with_id(const std::string& id) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second.front();
}

Sale* Promises::with_key(const std::string& key) {
    if (key.empty() || key.size() > 9) return nullptr;
    const std::size_t at = std::stoul(key);
    return at < sales_.size() ? &sales_[at] : nullptr;
}

bool Promises::may_be_new(const Sale& sale) const {
    return forgetful_ && clock_.since_start() - sale.offered_at >= retention_;
}

bool Promises::wants(const std::string& system, const Sale& sale) const {
    const auto& types = systems_.at(system);
    return types.empty() || types.contains(sale.type);
}

void Promises::handed_over(const std::string& till, Sale& sale) {
    if (!sale.offered) sale.offered_at = clock_.since_start();
    sale.offered = true;
    sale.clock_trust.merge(clock_trust());
    trace_.add(clock_.since_start(), "daemon", "gets " + sale.id);
    waiting_[till].push_back({&sale, clock_.since_start(), clock_.charged()});
}

void Promises::connection_lost() {
    waiting_.clear();
}

std::string Promises::unanswered() const {
    const auto waits = std::ranges::find_if(waiting_, [](const auto& till) { return !till.second.empty(); });
    return waits != waiting_.end() ? waits->first : "";
}

void Promises::answered(const std::string& till, const std::string& key, const std::string& payload) {
    const auto answer = lab::Json::parse(payload);
    auto& queue = waiting_[till];
    if (queue.empty()) return broken("[agent-2] an answer that nobody waits for: " + payload);
    const HandedOver front = queue.front();
    queue.pop_front();
    Sale& sale = *front.sale;
    const std::string id = answer["id"].text();
    if (key != sale.key || (!id.empty() && id != sale.id))
        return broken("[agent-2] " + till + "'s answers are out of order: " + id + " before " + sale.id);
    const Duration took = clock_.since_start() - front.at;
    if (!excused() && took > kAnswerMax + (clock_.charged() - front.charged))
        broken("[agent-7] " + till + " waited " + std::to_string(took.count() / 1000) + " ms for its answer");
    const std::string outcome = answer["outcome"].text();
    trace_.add(clock_.since_start(), "daemon", "says " + outcome + " to " + sale.id + number_in(answer));
    check_explained(answer);
    on_told({sale, front.at, outcome, answer["journal_number"].number()});
    if (outcome == "refused") return told_refused(sale, answer["problem"].text());
    told_stored(sale, outcome, answer["journal_number"].number());
    sale.hash = answer["hash"].text();
}

// Why it did not go as the till hoped, and whether to try again.
void Promises::check_explained(const lab::Json& answer) {
    const std::string outcome = answer["outcome"].text();
    const std::string problem = answer["problem"].text();
    const bool passes = problem == "busy" || problem == "storage_full";
    const bool explained = !answer["problems"].items().empty();
    check(explained == (outcome == "quarantined" || outcome == "refused"), "[agent-2] explained: " + answer.dump());
    check((answer["retry_after_ms"].number() > 0) == passes, "[agent-2] whether to try again: " + answer.dump());
}

void Promises::told_refused(const Sale& sale, const std::string& problem) {
    if (problem == "busy" || problem == "storage_full") {
        const Duration until = problem == "busy" ? excused_until_ : full_until_;
        const bool fine = problem == "busy" && (busy_is_fine_ || closed());
        if (!fine && clock_.since_start() > until + kExcuseLasts)
            broken("[agent-2] refused as " + problem + " although the disk is not: " + sale.id);
        return;
    }
    const Fate expected = problem == "contains_card_number" ? Fate::kCardNumber
                          : problem == "malformed"          ? Fate::kMalformed
                          : problem == "too_large"          ? Fate::kTooLarge
                          : problem == "not_yours"          ? Fate::kNotYours
                                                            : Fate::kFine;
    if (expected == Fate::kFine || expected != sale.fate)
        broken("[agent-2] refused for its content: " + sale.id + " as " + problem);
}

void Promises::told_stored(Sale& sale, const std::string& outcome, std::int64_t number) {
    if (sale.fate == Fate::kCardNumber) return broken("[agent-10] a card number was stored: " + sale.id);
    if (sale.fate == Fate::kMalformed || sale.fate == Fate::kTooLarge || sale.fate == Fate::kNotYours)
        return broken("[agent-2] stored although it cannot be read: " + sale.id);
    if (number <= 0) return broken("[storage-1] no journal number: " + sale.id);
    if (sale.told && !lossy_ && !may_be_new(sale)) {
        check(outcome == "duplicate",
              "[storage-3] handed over again it was " + outcome + ", not duplicate: " + sale.id);
        check(number == sale.number, "[storage-3] handed over again it has another number: " + sale.id);
    }
    const bool suspicious = sale.fate == Fate::kQuarantined || sale.fate == Fate::kConflict;
    if (outcome == "accepted") check(!suspicious, "[storage-3] accepted what a person should see: " + sale.id);
    if (outcome == "quarantined") check(suspicious, "[agent-2] quarantined for no reason: " + sale.id);
    if (!lossy_) own(number, sale);
    sale.told = true;
    sale.number = number;
}

void Promises::own(std::int64_t number, const Sale& sale) {
    const auto [place, fresh] = number_owner_.emplace(number, &sale);
    if (!fresh && place->second != &sale)
        broken("[storage-3] journal number " + std::to_string(number) + " belongs to " + place->second->id +
               " and to " + sale.id);
}

std::string Promises::unseen() const {
    for (const Sale& sale : sales_) {
        const bool suspicious = sale.fate == Fate::kQuarantined || sale.fate == Fate::kConflict;
        if (suspicious && sale.told && !sale.maybe_skipped && sale.released.empty()) return sale.id;
    }
    return {};
}

}  // namespace tillkeeper::simulation
