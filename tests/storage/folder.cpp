#include "tests/storage/folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "storage/sqlite.h"
#include "tests/fakes/fake_device.h"

namespace tillkeeper::storage {

Folder::Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tillkeeper-journal-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for the test");
    path_ = pattern;
}

Folder::~Folder() {
    std::filesystem::remove_all(path_);
}

JournalOptions Folder::options(std::string key, std::string vfs) const {
    JournalOptions options;
    options.folder = path_;
    options.key = std::move(key);
    options.ballast_bytes = 16 * 1024;
    static const fakes::FakeDevice kRoomyDevice;
    options.device = &kRoomyDevice;
    options.vfs = std::move(vfs);
    return options;
}

WallTime at_hour(std::int64_t hours) {
    return std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + std::chrono::hours(10 + hours);
}

std::string uuid(std::uint64_t n) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "0193485e-%04x-7c1e-9d59-%012llx", static_cast<unsigned>(n >> 48 & 0xffff),
                  static_cast<unsigned long long>(n & 0xffffffffffff));
    return text.data();
}

NewEntry sale(const std::string& id, const std::string& extra) {
    NewEntry entry;
    entry.till = "t1";
    entry.till_sequence = 7;
    entry.transaction_id = id;
    entry.type = "sale";
    entry.business_day = "2026-11-20";
    entry.occurred_at = "2026-11-20T10:00:00Z";
    entry.receipt = "0042-" + id;
    entry.body = R"({"id":")" + id + R"(","type":"sale","lines":[{"sku":"85123A","quantity":6,"amount":1530}],"x":")" +
                 extra + "\"}";
    entry.arrival = {at_hour(0), MonotonicTime(Duration(5)), "boot-1", true};
    return entry;
}

NewEntry quarantined(const std::string& id) {
    NewEntry entry = sale(id);
    entry.kind = EntryKind::kQuarantined;
    entry.problems = R"([{"type":"urn:x","title":"member is missing"}])";
    return entry;
}

std::unique_ptr<Journal> opened(const JournalOptions& options) {
    auto journal = Journal::open(options);
    if (!journal) throw std::runtime_error(journal.error().message);
    return std::move(*journal);
}

std::unique_ptr<JournalReader> reading(const JournalOptions& options) {
    auto reader = JournalReader::open(options);
    if (!reader) throw std::runtime_error(reader.error().message);
    return std::move(*reader);
}

Receipt put(Journal& journal, const NewEntry& entry) {
    auto receipts = journal.commit({&entry, 1}, {});
    if (!receipts) throw std::runtime_error(receipts.error().message);
    return receipts->front();
}

Decision decision(Decision::Kind kind, const std::string& destination, JournalNumber number, const std::string& body) {
    Decision decision;
    decision.kind = kind;
    decision.destination = destination;
    decision.number = number;
    decision.body = body;
    decision.who = "anna";
    decision.why = "wrong \"tax\" code";
    decision.arrival = {at_hour(1), MonotonicTime(Duration(9)), "boot-1", true};
    return decision;
}

HeldItem held_at(const std::string& destination, JournalNumber number, HeldState state, JournalNumber waits_for) {
    HeldItem item;
    item.destination = destination;
    item.number = number;
    item.state = state;
    item.reason = "unknown tax code";
    item.waits_for = waits_for;
    item.body_number = number;
    item.since = at_hour(0);
    return item;
}

void report(Journal& journal, const Progress& progress) {
    auto done = journal.commit({}, {&progress, 1});
    if (!done) throw std::runtime_error(done.error().message);
}

void meddle(const std::string& database, const std::string& sql) {
    auto connection = Connection::open(database, Connection::Mode::kWrite, "");
    if (!connection) throw std::runtime_error(connection.error().message);
    if (auto done = connection->execute(sql); !done) throw std::runtime_error(sqlite3_errmsg(connection->raw()));
}

std::string ask(const std::string& database, const std::string& sql) {
    auto connection = Connection::open(database, Connection::Mode::kRead, "");
    if (!connection) throw std::runtime_error(connection.error().message);
    auto answer = connection->text(sql);
    if (!answer) throw std::runtime_error(answer.error().message);
    return *answer;
}

}  // namespace tillkeeper::storage
