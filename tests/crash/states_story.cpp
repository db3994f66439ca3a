#include "tests/crash/states_story.h"

#include <algorithm>

#include "storage/erasure.h"

namespace tillkeeper::crash {

using storage::Decision;
using storage::EntryKind;
using storage::JournalNumber;
using storage::NewEntry;

namespace {

WallTime noon() {
    return std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours(12);
}

// These tell for sure that nothing was stored.
bool nothing_stored(ErrorCode code) {
    return code == ErrorCode::kStorageFull || code == ErrorCode::kInvalid || code == ErrorCode::kLimit ||
           code == ErrorCode::kNotFound;
}

}  // namespace

Story::Story(disk::Disk& disk, std::uint64_t seed) : disk_(disk), gauge_(disk), random_(seed) {}

storage::JournalOptions Story::options() const {
    storage::JournalOptions options;
    options.folder = ".";
    options.key = key;
    options.older_keys = older_keys;
    options.ballast_bytes = kBallastBytes;
    options.wal_room_bytes = wal_room_bytes;
    options.device = &gauge_;
    options.vfs = disk_.vfs();
    return options;
}

bool Story::open() {
    auto opened = storage::Journal::open(options());
    if (!opened) {
        accuse("it does not open: " + opened.error().message);
        return false;
    }
    journal_ = std::move(*opened);
    return true;
}

template <typename Change, typename Call>
bool Story::attempt(Change change, Call call) {
    const std::vector<Books> before = possible_;
    std::vector<Books> after = before;
    for (auto& books : after) change(books);
    for (const auto& books : after)
        if (std::ranges::find(possible_, books) == possible_.end()) possible_.push_back(books);
    auto done = call();
    if (done)
        possible_ = std::move(after);
    else if (nothing_stored(done.error().code))
        possible_ = before;
    return done.has_value();
}

bool Story::commit(std::vector<NewEntry> entries, std::vector<storage::Progress> progress) {
    std::vector<JournalNumber> expected;
    return attempt([&](Books& books) { expected = books.commit(entries, progress); },
                   [&] {
                       auto receipts = journal_->commit(entries, progress);
                       for (std::size_t i = 0; receipts && i < expected.size() && possible_.size() <= 2; ++i)
                           if ((*receipts)[i].number != expected[i]) accuse("a receipt has another number");
                       return receipts;
                   });
}

bool Story::sell(std::size_t count, std::size_t body_bytes) {
    std::vector<NewEntry> entries;
    for (std::size_t i = 0; i < count; ++i) entries.push_back(sale(body_bytes));
    return commit(std::move(entries));
}

bool Story::decide(Decision::Kind kind, const std::string& destination, JournalNumber number) {
    Decision decision;
    decision.kind = kind;
    decision.destination = destination;
    decision.number = number;
    if (kind == Decision::Kind::kRepair) decision.body = "repaired " + std::to_string(random_.next());
    decision.who = "anna";
    decision.why = "wrong tax code";
    decision.arrival = {noon(), MonotonicTime(Duration(9)), "boot-1", true};
    return attempt([&](Books& books) { books.decide(decision); }, [&] { return journal_->decide(decision); });
}

bool Story::add_destinations(const std::vector<std::string>& names) {
    return attempt([&](Books& books) { books.add_destinations(names); },
                   [&] { return journal_->register_destinations(names); });
}

bool Story::prune(std::int64_t rows_max) {
    return attempt([&](Books& books) { books.prune(rows_max); },
                   [&] { return journal_->prune({.keep = {}, .now = noon() + std::chrono::hours(24)}, rows_max); });
}

bool Story::erase(const std::string& needle) {
    static constexpr std::string_view kLeft = "{}";
    storage::Erasure erasure({.concerns = [&](auto body) { return body.find(needle) != std::string_view::npos; },
                              .redact = [](std::string_view) { return std::string(kLeft); },
                              .who = "anna",
                              .why = "asked",
                              .arrival = {noon(), MonotonicTime(Duration(9)), "boot-1", true}});
    Result<bool> more = true;
    const auto until = [&](auto enough) {
        return [&, enough] {
            while (more && *more && !enough()) more = journal_->slice(erasure);
            return more;
        };
    };
    if (!attempt([&](Books& books) { books.erase(needle, std::string(kLeft)); },
                 until([&] { return !erasure.erased().empty(); })))
        return false;
    return attempt([](Books&) {}, until([] { return false; }));
}

bool Story::reseal(storage::Resealing& work, bool& more) {
    return attempt([](Books&) {},
                   [&] {
                       auto done = journal_->slice(work);
                       more = done && *done;
                       return done;
                   });
}

bool Story::recover() {
    if (auto done = journal_->recover(); !done) return false;
    auto connection = storage::Connection::open("./journal.db", storage::Connection::Mode::kRead, disk_.vfs());
    if (!connection) return false;
    storage::BodyCodec codec(storage::BodyKeys{.current = key, .older = older_keys});
    auto found = read_books(*connection, codec);
    if (!found) accuse("after recovery: " + found.error().message);
    if (!found) return false;
    if (std::ranges::find(possible_, *found) == possible_.end())
        accuse("after recovery: " + difference(possible_.front(), *found));
    possible_ = {std::move(*found)};
    return true;
}

NewEntry Story::sale(std::size_t body_bytes) {
    return sale_with_id("tx-" + std::to_string(++sold_) + "-" + std::to_string(random_.below(1'000'000)), body_bytes);
}

NewEntry Story::sale_with_id(const std::string& id, std::size_t body_bytes) {
    NewEntry entry;
    entry.till = "t" + std::to_string(random_.below(3));
    entry.till_sequence = static_cast<std::int64_t>(sold_);
    entry.transaction_id = id;
    entry.type = "sale";
    entry.business_day = "2026-11-20";
    entry.occurred_at = "2026-11-20T12:00:00Z";
    entry.receipt = "0042-" + id;
    entry.body = "{\"id\":\"" + id + "\",\"n\":\"";
    while (entry.body.size() < body_bytes) entry.body += std::to_string(random_.next());
    entry.arrival = {noon(), MonotonicTime(Duration(5)), "boot-1", true};
    return entry;
}

storage::HeldItem Story::held(const std::string& destination, JournalNumber number, JournalNumber waits_for) {
    storage::HeldItem item;
    item.destination = destination;
    item.number = number;
    item.state = waits_for == 0 ? storage::HeldState::kHeld : storage::HeldState::kWaiting;
    item.reason = "unknown tax code";
    item.waits_for = waits_for;
    item.since = noon();
    return item;
}

}  // namespace tillkeeper::crash
