#include "storage/erasure.h"

#include <algorithm>
#include <charconv>

#include "storage/decisions.h"
#include "storage/open_file.h"
#include "storage/schema.h"

namespace tillkeeper::storage {
namespace {

constexpr ReadLimits kFindSlice{.entries_max = 128, .bytes_max = std::size_t{512} << 10};
constexpr std::size_t kEraseSlice = 64;
constexpr std::string_view kNumber = "{\"number\":";
constexpr std::string_view kDigest = ",\"sha256\":\"";
constexpr std::size_t kDigestDigits = 64;

bool holds_content(const Entry& entry) {
    return entry.damaged.empty() && !entry.erased && !entry.body.empty();
}

}  // namespace

Result<bool> Erasure::slice(const JournalParts& journal) {
    if (step_ == Step::kFind) return find(journal);
    if (step_ == Step::kErase) return erase(journal);
    return scrubbing_.slice(journal);
}

Result<bool> Erasure::find(const JournalParts& journal) {
    auto entries = journal.file.entries->read_after(found_up_to_, kFindSlice);
    if (!entries) return std::unexpected(std::move(entries.error()));
    if (newest_ == 0) newest_ = journal.tail.number;
    for (const auto& entry : *entries) {
        if (auto done = look_at(journal, entry); !done) return std::unexpected(std::move(done.error()));
        found_up_to_ = entry.number;
    }
    // What a till hands over meanwhile is not meant: else a busy store would never come to an end.
    if (entries->empty() || found_up_to_ >= newest_) end_walk();
    return true;
}

Result<void> Erasure::look_at(const JournalParts& journal, const Entry& entry) {
    if (!entry.damaged.empty()) {
        ++damaged_;
        return {};
    }
    if (order_.plainly && order_.plainly(entry)) ++plain_;
    const bool content = holds_content(entry);
    if (content && entry.repairs != 0) {
        repairs_.emplace(entry.number, entry.repairs);
        repairs_.emplace(entry.repairs, entry.number);
    }
    if (content && order_.concerns(entry.body)) {
        naming_.insert(entry.number);
        return {};
    }
    // One erased before a crash still connects those after it.
    auto refers = refers_to_wanted(journal, entry);
    if (!refers) return std::unexpected(std::move(refers.error()));
    if (*refers) connected_.insert(entry.number);
    return {};
}

// Asks the index, so that memory holds numbers of what was found, and no ids.
Result<bool> Erasure::refers_to_wanted(const JournalParts& journal, const Entry& entry) const {
    if (entry.refers_to.empty() || is_wanted(entry.number)) return false;
    if (order_.names_somebody && order_.names_somebody(entry.body)) return false;
    auto rows = journal.file.connection.kept("SELECT number FROM entries WHERE transaction_id = ?1");
    if (!rows) return std::unexpected(std::move(rows.error()));
    const PackedId id(entry.refers_to);
    const ResetAtEnd end(**rows);
    id.bind(**rows, 1);
    while (true) {
        auto row = (*rows)->step();
        if (!row) return std::unexpected(std::move(row.error()));
        if (!*row) return false;
        if (is_wanted((*rows)->integer(0))) return true;
    }
}

bool Erasure::is_wanted(JournalNumber number) const {
    return naming_.contains(number) || connected_.contains(number);
}

// Did it find any more?
bool Erasure::follow_repairs() {
    std::vector<JournalNumber> to_follow(naming_.begin(), naming_.end());
    to_follow.insert(to_follow.end(), connected_.begin(), connected_.end());
    bool more = false;
    while (!to_follow.empty()) {
        const auto [begin, end] = repairs_.equal_range(to_follow.back());
        to_follow.pop_back();
        for (auto link = begin; link != end; ++link) {
            if (is_wanted(link->second)) continue;
            connected_.insert(link->second);
            to_follow.push_back(link->second);
            more = true;
        }
    }
    return more;
}

void Erasure::end_walk() {
    if (follow_repairs()) {  // a return of these may stand anywhere: once more
        found_up_to_ = damaged_ = plain_ = 0;
        repairs_.clear();
        return;
    }
    // Those that are only connected with the person come first: after a crash the others must still lead to them.
    wanted_.assign(connected_.begin(), connected_.end());
    wanted_.insert(wanted_.end(), naming_.begin(), naming_.end());
    step_ = Step::kErase;
}

Result<bool> Erasure::erase(const JournalParts& journal) {
    Connection& connection = journal.file.connection;
    const std::size_t end = std::min(next_ + kEraseSlice, wanted_.size());
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun) return std::unexpected(std::move(begun.error()));
    std::string list;
    std::vector<JournalNumber> numbers;
    for (std::size_t at = next_; at < end; ++at) {
        auto left = erase_one(journal, wanted_[at]);
        if (!left) return std::unexpected(std::move(left.error()));
        if (left->empty()) continue;
        numbers.push_back(wanted_[at]);
        list += (list.empty() ? "[" : ",") + *left;
    }
    if (!numbers.empty()) {
        const NewEntry entry = record(list + ']');
        if (auto done = journal.file.entries->append(entry, sha256(entry.body), journal.tail); !done)
            return std::unexpected(std::move(done.error()));
    }
    // Also without a match: what was freed earlier may hold what the person asks about.
    if (auto due = set_meta(connection, "scrub_due", "1"); !due) return std::unexpected(std::move(due.error()));
    if (auto done = connection.execute("COMMIT"); !done) return std::unexpected(std::move(done.error()));
    erased_.insert(erased_.end(), numbers.begin(), numbers.end());
    next_ = end;
    if (next_ == wanted_.size()) step_ = Step::kScrub;
    return true;
}

// What the chain will say of it; "" when there is nothing to erase any more.
Result<std::string> Erasure::erase_one(const JournalParts& journal, JournalNumber number) {
    auto entry = journal.file.entries->entry(number);
    if (!entry) return std::unexpected(std::move(entry.error()));
    if (!*entry || !holds_content(**entry)) return std::string();
    const std::string left = order_.redact((*entry)->body);
    auto stored = journal.codec.encode_erased(left, (*entry)->body_digest, (*entry)->hash);
    if (!stored) return std::unexpected(std::move(stored.error()));
    auto body = journal.file.connection.kept("UPDATE entries SET body = ?2 WHERE number = ?1");
    if (!body) return std::unexpected(std::move(body.error()));
    if (auto done = (*body)->bind(1, number).bind_blob(2, *stored).run(); !done)
        return std::unexpected(std::move(done.error()));
    // A destination may have said whom it means.
    auto held = journal.file.connection.kept("UPDATE held SET reason = 'erased' WHERE number = ?1 OR body_number = ?1");
    if (!held) return std::unexpected(std::move(held.error()));
    if (auto done = (*held)->bind(1, number).run(); !done) return std::unexpected(std::move(done.error()));
    return std::string(kNumber) + std::to_string(number) + std::string(kDigest) + to_hex(sha256(left)) + "\"}";
}

NewEntry Erasure::record(const std::string& list) const {
    NewEntry entry;
    entry.kind = EntryKind::kAction;
    entry.transaction_id = "erasure";
    entry.type = "erasure";
    entry.problems = erasure_problems(order_.who, order_.why);
    entry.body = list;
    entry.arrival = order_.arrival;
    return entry;
}

WorkProgress Erasure::progress() const {
    if (step_ == Step::kFind) return {"looking for the person", found_up_to_, newest_};
    if (step_ == Step::kErase)
        return {"erasing", static_cast<std::int64_t>(next_), static_cast<std::int64_t>(wanted_.size())};
    return scrubbing_.progress();
}

std::map<JournalNumber, std::string> erased_entries(const Entry& action) {
    std::map<JournalNumber, std::string> out;
    if (action.kind != EntryKind::kAction || action.type != "erasure") return out;
    std::string_view rest = action.body;
    for (auto at = rest.find(kNumber); at != std::string_view::npos; at = rest.find(kNumber)) {
        rest.remove_prefix(at + kNumber.size());
        JournalNumber number = 0;
        const auto end = std::from_chars(rest.data(), rest.data() + rest.size(), number).ptr;
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        if (!rest.starts_with(kDigest) || rest.size() < kDigest.size() + kDigestDigits) return out;
        out[number] = rest.substr(kDigest.size(), kDigestDigits);
    }
    return out;
}

}  // namespace tillkeeper::storage
