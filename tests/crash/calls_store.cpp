#include "tests/crash/calls_store.h"

#include <algorithm>

#include "storage/erasure.h"
#include "tests/crash/calls_memory.h"

namespace tillkeeper::crash {

using namespace std::chrono_literals;
using storage::Decision;
using storage::EntryKind;
using storage::JournalNumber;
using storage::NewEntry;
using storage::Receipt;

namespace {

constexpr int kRoundsUntilHealed = 4;  // seconds that a lasting fault lasts once it shows
constexpr int kRoundsMax = 45;         // seconds; the writer's longest pause is 30
const std::vector<std::string> kNames{"erp", "crm"};

std::string_view word(ErrorCode code) {
    static constexpr std::array<std::string_view, 9> kWords{
        "kInvalid", "kNotFound", "kUnavailable", "kStorageFull", "kIo", "kCorrupt", "kTooNew", "kLimit", "kInternal"};
    return kWords.at(static_cast<std::size_t>(code));
}

}  // namespace

SmallStore::SmallStore(std::uint64_t seed) : random_(seed), sales_(disk_, seed) {}

void SmallStore::strike(const CallFault& fault) {
    if (fault.room != 0)
        disk_.limit(fault.room);
    else if (fault.memory)
        ScarceMemory::fail(fault.nth, fault.lasting);
    else
        disk_.fail(fault.call, fault.nth, fault.lasting);
}

void SmallStore::heal() {
    healed_ = true;
    disk_.heal();
    disk_.limit({});
    ScarceMemory::fail(0, false);
}

void SmallStore::tell(const std::string& who, const Error& error) {
    ++told_[who + " " + std::string(word(error.code))];
    if (error.code == ErrorCode::kInternal || error.code == ErrorCode::kTooNew || error.code == ErrorCode::kInvalid)
        accuse(who + " is told " + std::string(word(error.code)) + ": " + error.message);
}

// As the daemon does it: what cannot be opened ends the process, and it is started again.
bool SmallStore::start() {
    for (int attempt = 0; attempt < 8; ++attempt) {
        if (attempt == kRoundsUntilHealed) heal();
        stop();
        auto journal = storage::Journal::open(sales_.options());
        if (!journal) {
            tell("start", journal.error());
            continue;
        }
        journal_ = std::move(*journal);
        if (auto done = journal_->register_destinations(kNames); !done) {
            tell("start", done.error());
            continue;
        }
        auto reader = storage::JournalReader::open(sales_.options());
        if (!reader) {
            tell("start", reader.error());
            continue;
        }
        reader_ = std::move(*reader);
        storage::WriterOptions options{.wal_idle_bytes = 6'000, .wal_busy_bytes = 40'000};
        writer_ = storage::Writer::make(*journal_, journal_loop_, clock_, options);
        upkeep_.emplace(*journal_, journal_loop_, [] {});
        return true;
    }
    accuse("it does not start although the fault is gone");
    return false;
}

void SmallStore::stop() {
    upkeep_.reset();
    writer_.reset();
    reader_.reset();
    journal_.reset();
}

void SmallStore::pass(Duration time) {
    journal_loop_.advance(time);
    till_loop_.run_until_idle();
    journal_loop_.run_until_idle();
}

void SmallStore::step(std::size_t sales, EntryKind kind) {
    for (std::size_t i = 0; i < sales && wrong_.empty(); ++i) {
        Sold sold;
        sold.entry = sales_.sale(200 + random_.below(900));
        sold.entry.kind = kind;
        sold.entry.arrival.arrived_at = clock_.wall() - (sold_.size() < 2 ? 24h * 200 : 0h);
        sold_.push_back(std::move(sold));
        offer(sold_.size() - 1);
    }
    settle();
}

void SmallStore::offer(std::size_t index) {
    Sold& sold = sold_[index];
    auto taken = writer_->offer(sold.entry, till_loop_,
                                [this, index](Result<Receipt> receipt) { answered(index, std::move(receipt)); });
    sold.waiting = taken.has_value();
    if (!taken) tell("till", taken.error());
}

void SmallStore::answered(std::size_t index, Result<Receipt> receipt) {
    Sold& sold = sold_[index];
    sold.waiting = false;
    if (!receipt) return tell("till", receipt.error());
    sold.answered = true;
    sold.number = receipt->number;
    if (receipt->acceptance == storage::Acceptance::kDuplicate) accuse("a till is told duplicate of what is new");
    if (!bodies_.emplace(sold.number, sold.entry.body).second) accuse("two sales have the same number");
    check_now(sold);
}

// The power fails at the moment at which the till reads "accepted".
void SmallStore::check_now(const Sold& sold) {
    const PlentyOfMemory plenty;
    scratch_.put(disk_.contents());
    scratch_.cut_power(disk::Shape::kNothingUnsynced);
    auto connection = storage::Connection::open("./journal.db", storage::Connection::Mode::kRead, scratch_.vfs());
    if (!connection) return accuse("accepted, and after a power cut there is no journal");
    auto statement = connection->prepare("SELECT transaction_id FROM entries WHERE number = ?1");
    if (!statement) return accuse("accepted, and after a power cut the journal cannot be read");
    auto row = statement->bind(1, sold.number).step();
    if (!row || !*row || statement->bytes(0) != sold.entry.transaction_id)
        accuse("number " + std::to_string(sold.number) + " was accepted and is not there after a power cut");
}

bool SmallStore::all_answered() const {
    return std::ranges::all_of(sold_, [](const Sold& sold) { return sold.answered; });
}

// Seconds pass; tills hand over again what was refused; a lasting fault ends after a while.
void SmallStore::settle() {
    pass(1ms);
    read_on();
    for (int round = 0; !all_answered() || !writer_->accepting(); ++round) {
        if (round == kRoundsMax || !wrong_.empty()) return accuse("it does not heal by itself");
        if (++unhealed_ == kRoundsUntilHealed) heal();
        for (std::size_t i = 0; i < sold_.size(); ++i)
            if (!sold_[i].answered && !sold_[i].waiting) offer(i);
        pass(1s);
    }
    pass(1500ms);  // progress is written, the log is moved, what is old goes
    read_on();
}

void SmallStore::read_on() {
    auto entries = reader_->read_after(read_, {});
    if (!entries) return tell("reader", entries.error());
    for (const auto& entry : *entries) {
        if (read_ != 0 && entry.number != read_ + 1) accuse("a reader finds a gap");
        read_ = entry.number;
        const auto known = bodies_.find(entry.number);
        if (known != bodies_.end() && known->second != entry.body) accuse("a reader gets other bytes");
    }
    if (const auto bounds = reader_->bounds(); !bounds) tell("reader", bounds.error());
    if (const auto counts = reader_->held_counts(); !counts) tell("reader", counts.error());
    if (const auto cursors = reader_->cursors(); !cursors) tell("reader", cursors.error());
}

Result<bool> SmallStore::is_held(const std::string& destination, JournalNumber number) {
    auto items = reader_->held(destination, number - 1, 1);
    if (!items) return std::unexpected(std::move(items.error()));
    return !items->empty() && items->front().number == number;
}

// The person who is told "unavailable" looks, and does it again where it did not happen.
void SmallStore::decide(Decision::Kind kind, const std::string& destination, JournalNumber number) {
    for (int round = 0; round < kRoundsMax; ++round) {
        Decision decision;
        decision.kind = kind;
        decision.destination = destination;
        decision.number = number;
        decision.who = "anna";
        std::optional<Result<JournalNumber>> answer;
        writer_->decide(std::move(decision), till_loop_, [&](Result<JournalNumber> done) { answer = std::move(done); });
        pass(1s);
        if (!answer) return accuse("a decision is not answered");
        if (*answer) return;
        tell("person", answer->error());
        if (++unhealed_ == kRoundsUntilHealed) heal();
        pass(1s);
        const auto held = is_held(destination, number);
        if (held && !*held) return;
    }
    accuse("a decision cannot be taken although the fault is gone");
}

// The person who is told of a fault gives the order again; sales that come meanwhile let the writer recover.
void SmallStore::erase(std::size_t index) {
    const Sold sold = sold_[index];
    const std::string left = "{}";
    storage::ErasureOrder order;
    order.concerns = [&](std::string_view body) { return body == sold.entry.body; };
    order.redact = [&](std::string_view) { return left; };
    order.who = "anna";
    order.why = "asked";
    bodies_[sold.number] = left;
    for (int round = 0; round < kRoundsMax; ++round) {
        std::optional<Result<void>> answer;
        upkeep_->run(
            std::make_unique<storage::Erasure>(order), till_loop_, [](storage::WorkProgress) {},
            [&](std::unique_ptr<storage::SlicedWork>, Result<void> done) { answer = std::move(done); });
        for (int second = 0; second < 5 && !answer; ++second) pass(1s);
        if (!answer) return accuse("an erasure is not answered");
        if (*answer) return;
        tell("person", answer->error());
        if (++unhealed_ == kRoundsUntilHealed) heal();
        step(1);
        if (!wrong_.empty()) return;
    }
    accuse("nobody can be erased although the fault is gone");
}

std::string SmallStore::live(const CallFault* fault) {
    if (fault != nullptr) strike(*fault);
    if (!start() || !wrong_.empty()) return wrong_;
    step(1);
    step(3);
    step(1, EntryKind::kQuarantined);
    if (!wrong_.empty()) return wrong_;
    const JournalNumber strange = sold_.back().number;
    writer_->report({.destination = "erp", .hold = {sales_.held("erp", 3)}, .delivered = {}, .cursor = 4});
    writer_->report({.destination = "crm", .hold = {}, .delivered = {}, .cursor = 4});
    step(2);
    if (!wrong_.empty()) return wrong_;
    decide(Decision::Kind::kRetry, "", strange);
    if (wrong_.empty()) decide(Decision::Kind::kSkip, "erp", 3);
    writer_->report({.destination = "erp", .hold = {}, .delivered = {}, .cursor = 5});
    if (wrong_.empty()) erase(sold_.size() - 1);
    step(4);
    if (!wrong_.empty()) return wrong_;
    heal();
    pass(35s);
    step(1);
    check_end();
    return wrong_;
}

void SmallStore::check_end() {
    if (!wrong_.empty()) return;
    read_on();
    const auto end = reader_->read_after(read_, {});
    if (!end || !end->empty() || read_ < sold_.back().number) accuse("the reader does not come to the end");
    writer_->flush();
    stop();
    for (const auto& broken : disk_.violations()) accuse(broken);
    disk_.cut_power(disk::Shape::kNothingUnsynced);
    auto connection = storage::Connection::open("./journal.db", storage::Connection::Mode::kRead, disk_.vfs());
    if (!connection) return accuse("it cannot be opened at the end");
    storage::BodyCodec codec("");
    auto books = read_books(*connection, codec);
    if (!books) return accuse(books.error().message);
    for (const auto& [number, body] : bodies_) {
        if (number < books->first) continue;  // old, and delivered to all
        if (number > books->newest() || books->rows[static_cast<std::size_t>(number - books->first)].body != body)
            accuse("number " + std::to_string(number) + " was accepted and is lost");
    }
    std::set<std::string> ids;
    for (const auto& row : books->rows)
        if (row.kind == EntryKind::kTransaction && !ids.insert(row.id).second) accuse("a sale is there twice");
    if (books->first > 4) accuse("more was pruned than was old");
    if (books->cursors["erp"] != 5 || books->cursors["crm"] != 4) accuse("a cursor is not where it was reported");
    if (!books->held.empty()) accuse("something is still held");
}

}  // namespace tillkeeper::crash
