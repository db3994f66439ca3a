#include "storage/verification.h"

#include <charconv>
#include <map>

#include "storage/erasure.h"
#include "storage/schema.h"

namespace tillkeeper::storage {
namespace {

constexpr ReadLimits kSlice{.entries_max = 256, .bytes_max = std::size_t{1} << 20};

// Where the chain of the entries that are kept begins: the last entry pruned.
Result<ChainLink> anchor(Connection& connection) {
    auto number = meta_text(connection, "anchor_number");
    if (!number) return std::unexpected(std::move(number.error()));
    auto hash = meta_text(connection, "anchor_hash");
    if (!hash) return std::unexpected(std::move(hash.error()));
    ChainLink link;
    std::from_chars(number->data(), number->data() + number->size(), link.number);
    for (std::size_t at = 0; at < link.hash.size() && 2 * at + 2 <= hash->size(); ++at)
        std::from_chars(hash->data() + 2 * at, hash->data() + 2 * at + 2, link.hash[at], 16);
    return link;
}

class ChainCheck {
  public:
    ChainCheck(Connection& connection, ChainLink start) : connection_(connection), link_(start) {}

    // False: it ends here, `report()` says why.
    [[nodiscard]] Result<bool> accept(const Entry& entry) {
        if (!entry.damaged.empty()) return bad(entry.number, entry.damaged);
        if (entry.number != link_.number + 1) {
            auto moved = anchor(connection_);
            if (!moved) return std::unexpected(std::move(moved.error()));
            if (moved->number + 1 != entry.number) return bad(link_.number + 1, "an entry is missing");
            link_ = *moved;
            std::erase_if(unnamed_, [&](const auto& erased) { return erased.first <= link_.number; });
        }
        if (chain_hash(link_.hash, entry.number, entry, entry.body_digest) != entry.hash)
            return bad(entry.number, "the entry was changed, or what stood before it");
        link_ = {entry.number, entry.hash};
        ++report_.entries;
        follow_erasures(entry);
        return true;
    }
    // What was erased must be named by an erasure, as it is now.
    void finish() {
        if (report_.first_bad == 0 && !unnamed_.empty())
            bad(unnamed_.begin()->first, "its body was replaced, and no erasure says so");
    }
    bool bad(JournalNumber number, std::string problem) {
        report_.first_bad = number;
        report_.problem = std::move(problem);
        return false;
    }
    [[nodiscard]] JournalNumber position() const { return link_.number; }
    [[nodiscard]] Verification report() {
        report_.head = link_.hash;
        return report_;
    }

  private:
    void follow_erasures(const Entry& entry) {
        if (entry.erased) unnamed_[entry.number] = to_hex(sha256(entry.body));
        for (const auto& [number, left] : erased_entries(entry))
            if (const auto found = unnamed_.find(number); found != unnamed_.end() && found->second == left)
                unnamed_.erase(found);
    }

    Connection& connection_;
    ChainLink link_;
    Verification report_;
    std::map<JournalNumber, std::string> unnamed_;  // erased entries whose erasure has not come yet
};

// A destination that has got more than there is proves that the end was cut off.
Result<void> check_end(Connection& connection, ChainCheck& check) {
    auto furthest = connection.integer(
        "SELECT max((SELECT ifnull(max(number), 0) FROM cursors), (SELECT ifnull(max(number), 0) FROM held))");
    if (!furthest) return std::unexpected(std::move(furthest.error()));
    auto newest = connection.integer("SELECT ifnull(max(number), 0) FROM entries");
    if (!newest) return std::unexpected(std::move(newest.error()));
    if (*furthest > *newest && *furthest > check.position())
        check.bad(*newest + 1, "entries at the end are missing: a destination has got more than there is");
    return {};
}

class Walk final : public ChainWalk {
  public:
    Walk(Connection& connection, EntryRows& rows, const ChainLink& start, JournalNumber newest)
        : connection_(connection), rows_(rows), check_(connection, start), start_(start.number), newest_(newest) {}

    Result<bool> step() override {
        auto entries = rows_.read_after(check_.position(), kSlice);
        if (!entries && entries.error().code == ErrorCode::kCorrupt)
            return check_.bad(check_.position() + 1, entries.error().message);
        if (!entries) return std::unexpected(std::move(entries.error()));
        for (const auto& entry : *entries) {
            auto good = check_.accept(entry);
            if (!good || !*good) return good;
        }
        if (!entries->empty()) return true;
        check_.finish();
        if (auto ended = check_end(connection_, check_); !ended) return std::unexpected(std::move(ended.error()));
        return false;
    }
    [[nodiscard]] std::int64_t done() const override { return check_.position() - start_; }
    [[nodiscard]] std::int64_t total() const override { return newest_ - start_; }
    [[nodiscard]] Verification report() override { return check_.report(); }

  private:
    Connection& connection_;
    EntryRows& rows_;
    ChainCheck check_;
    JournalNumber start_;
    JournalNumber newest_;
};

}  // namespace

Result<std::unique_ptr<ChainWalk>> walk_chain(Connection& connection, EntryRows& rows) {
    auto start = anchor(connection);
    if (!start) return std::unexpected(std::move(start.error()));
    auto newest = rows.newest();
    if (!newest) return std::unexpected(std::move(newest.error()));
    return std::make_unique<Walk>(connection, rows, *start, newest->number);
}

Result<Verification> JournalReader::verify(const std::function<void(std::int64_t, std::int64_t)>& progress) {
    auto walk = walk_chain();
    if (!walk) return std::unexpected(std::move(walk.error()));
    while (true) {
        auto more = (*walk)->step();
        if (!more) return std::unexpected(std::move(more.error()));
        if (progress) progress((*walk)->done(), (*walk)->total());
        if (!*more) return (*walk)->report();
    }
}

}  // namespace tillkeeper::storage
