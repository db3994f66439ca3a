// Judge, first half: what tills hear.
#include "tests/simulation/points/judge.h"

#include <set>

namespace tillkeeper::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kLookupMax = milliseconds(300 + 150);       // [agent-15]
constexpr Duration kBeyondDeadline = milliseconds(200 + 300);  // of a redemption: on the way, and on the disk
constexpr Duration kExcuseLasts = seconds(40);

}  // namespace

void Judge::broken(Duration now, std::string what) {
    if (!broken_.empty()) return;
    broken_ = std::move(what);
    trace_.add(now, "BROKEN", broken_);
}

std::size_t Judge::add_store(StoreFacts facts) {
    stores_.push_back(std::move(facts));
    return stores_.size() - 1;
}

Wish& Judge::wish(Wish wish) {
    return wishes_.emplace_back(std::move(wish));
}

Question& Judge::ask(Question question) {
    question.key = 'q' + std::to_string(questions_.size());
    return questions_.emplace_back(std::move(question));
}

Question* Judge::question(const std::string& key) {
    if (key.size() < 2 || key.size() > 9 || key.front() != 'q') return nullptr;
    const std::size_t at = std::stoul(key.substr(1));
    return at < questions_.size() ? &questions_[at] : nullptr;
}

void Judge::handed_over(std::size_t store, const std::string& key) {
    Question* asked = question(key);
    if (asked == nullptr) return;
    asked->waits += 1;
    asked->handed_over += 1;
    if (asked->wish != nullptr) asked->wish->left_alone = false;
    if (asked->waits > 1) return;
    asked->since = now(store);
    asked->charged = stores_[store].clock->charged();
}

void Judge::connection_lost(std::size_t store) {
    for (Question& asked : questions_) {
        if (asked.store != store) continue;
        if (asked.waits > 0 && asked.wish != nullptr && asked.wish->settled) asked.wish->left_alone = true;
        asked.waits = 0;
    }
}

void Judge::said(std::size_t store, const MqttMessage& message, bool connected) {
    const auto answer = lab::Json::parse(message.payload);
    Question* asked = question(message.correlation_data);
    const bool named = asked != nullptr && (asked->topic == Topic::kSale || answer["request_id"].text() == asked->key);
    if (!named || asked->store != store)
        return broken(now(store), "[agent-15] an answer to nobody: " + message.payload);
    const bool later = answer["deferred"].is_true();
    if (!later) {
        check(++asked->answers <= asked->handed_over, store, "[agent-15] a second answer: " + message.payload);
        check_in_time(*asked);
        asked->waits -= asked->waits > 0 ? 1 : 0;
    }
    if (asked->topic == Topic::kSale) return sale_said(*asked, answer);
    if (asked->topic == Topic::kRedemption) return redemption_said(*asked, answer);
    lookup_said(*asked, answer, connected);
}

void Judge::check_in_time(const Question& question) {
    const StoreFacts& facts = stores_[question.store];
    const bool redeems = question.topic == Topic::kRedemption;
    const Duration max = redeems ? rules_.redemption_deadline + kBeyondDeadline : kLookupMax;
    const Duration took = now(question.store) - question.since - (facts.clock->charged() - question.charged);
    const bool excused = now(question.store) < facts.excused_until + kExcuseLasts;
    check(question.waits != 1 || excused || took <= max, question.store,
          std::string(redeems ? "[agent-17]" : "[agent-15]") + " an answer took " +
              std::to_string(took.count() / 1000) + " ms: " + question.key);
}

void Judge::sale_said(const Question& question, const lab::Json& answer) {
    const std::string outcome = answer["outcome"].text();
    trace_.add(now(question.store), "daemon", "says " + outcome + " to " + question.wish->transaction);
    check(outcome == "accepted" || outcome == "duplicate" || outcome == "refused", question.store,
          "[agent-2] a sale is " + outcome);
}

void Judge::redemption_said(const Question& question, const lab::Json& answer) {
    const Wish& wish = *question.wish;
    const std::string outcome = answer["outcome"].text();
    trace_.add(now(question.store), "daemon",
               "says " + outcome + ' ' + answer["source"].text() + answer["reason"].text() + answer["problem"].text() +
                   " to " + question.key + " for " + wish.transaction);
    if (outcome == "approved") return approved_said(question, answer);
    if (outcome == "refused")
        return check(answer["retry_after_ms"].number() > 0, question.store,
                     "[agent-17] refused for ever: " + answer.dump());
    check(outcome == "declined", question.store, "[agent-17] a strange answer: " + answer.dump());
    const auto before = approved_.find({wish.transaction, wish.member});
    if (before != approved_.end() && before->second.points == wish.points)
        check(false, question.store, "[agent-17] first approved, then declined: " + wish.transaction);
}

void Judge::approved_said(const Question& question, const lab::Json& answer) {
    const Wish& wish = *question.wish;
    const std::string id = answer["redemption_id"].text();
    const auto [place, first] = approved_.try_emplace({wish.transaction, wish.member},
                                                      Approval{id, wish.points, wish.store, now(question.store)});
    if (!first) {
        check(place->second.id == id, question.store, "[agent-17] approved twice: " + wish.transaction);
        check(place->second.points == wish.points, question.store,
              "[agent-17] approved with another amount: " + wish.transaction);
    }
}

void Judge::lookup_said(Question& question, const lab::Json& answer, bool connected) {
    const std::string outcome = answer["outcome"].text();
    trace_.add(now(question.store), "daemon",
               "says " + outcome + ' ' + answer["source"].text() + " to " + question.key + " about " + question.text +
                   (answer["deferred"].is_true() ? ", asked before" : ""));
    // A crash may answer twice rather than never.
    if (answer["deferred"].is_true() && connected && question.owed > 0) --question.owed;
    if (outcome == "unknown") {
        ++question.owed;
        return;
    }
    if (outcome == "refused")
        return check(now(question.store) < stores_[question.store].excused_until + kExcuseLasts, question.store,
                     "[agent-15] refused although the disk is fine: " + answer.dump());
    check_age(question, answer);
    if (question.topic == Topic::kMember) return check_member(question, answer);
    check_catalogue(question, answer);
}

void Judge::check_member(const Question& question, const lab::Json& answer) {
    const bool found = answer["outcome"].text() == "found";
    check(found == question.known, question.store,
          "[agent-15] about " + question.text + " a till hears " + answer["outcome"].text());
    if (!found) return;
    const std::string member = answer["record"]["member_id"].text();
    const bool right = question.text == member || question.text == "29" + member.substr(1);
    check(right, question.store, "[agent-15] asked for " + question.text + ", told about " + member);
}

// All of one generation, and never one from before what was told. [storage-11]
void Judge::check_catalogue(const Question& question, const lab::Json& answer) {
    StoreFacts& facts = stores_[question.store];
    if (answer["outcome"].text() != "found")
        return check(false, question.store, "[agent-15] no articles are found: " + answer.dump());
    std::vector<lab::Json> records = answer["records"].items();  // there are when there is more than one
    if (records.empty()) records.push_back(answer["record"]);
    std::set<std::int64_t> generations;
    for (const auto& record : records) generations.insert(record["generation"].number());
    if (generations.size() != 1)
        return check(false, question.store, "[storage-11] half a run is seen: " + answer.dump());
    const auto generation = static_cast<std::size_t>(*generations.begin());
    check(records.size() == cloud_.catalogue().articles(generation), question.store,
          "[storage-11] a part of a run is seen: " + answer.dump());
    // What a power cut takes away was not synced, and comes again.
    if (facts.boot() == facts.newest_boot)
        check(generation >= facts.newest, question.store,
              "[storage-11] older articles than before: " + std::to_string(generation));
    facts.newest = generation;
    facts.newest_boot = facts.boot();
    const std::string as_of = answer["as_of"].text();
    const auto since = parse_rfc3339(as_of);
    if (!facts.clock_fine || !since) return;
    check(generation >= cloud_.catalogue().at(*since - VirtualClock::kStart), question.store,
          "[agent-15] not as of " + as_of + ": generation " + std::to_string(generation));
}

void Judge::check_age(const Question& question, const lab::Json& answer) {
    const StoreFacts& facts = stores_[question.store];
    const auto as_of = parse_rfc3339(answer["as_of"].text());
    if (!facts.clock_fine) return;
    if (!as_of) return check(false, question.store, "[agent-15] no word about its age: " + answer.dump());
    const Duration age = facts.clock->wall() - *as_of;
    const bool stale = answer["stale"].is_true();
    check(age >= -seconds(1) && (stale ? age >= rules_.fresh - seconds(2) : age <= rules_.fresh + seconds(2)),
          question.store, "[agent-15] stale or not: " + answer.dump());
}

}  // namespace tillkeeper::simulation
