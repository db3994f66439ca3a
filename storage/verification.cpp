#include "storage/verification.h"

#include <charconv>

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
        if (entry.number != link_.number + 1) {
            auto moved = anchor(connection_);
            if (!moved) return std::unexpected(std::move(moved.error()));
            if (moved->number + 1 != entry.number) return bad(link_.number + 1, "an entry is missing");
            link_ = *moved;
        }
        if (chain_hash(link_.hash, entry.number, entry, entry.body_digest) != entry.hash)
            return bad(entry.number, "the entry was changed, or what stood before it");
        link_ = {entry.number, entry.hash};
        ++report_.entries;
        return true;
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
    Connection& connection_;
    ChainLink link_;
    Verification report_;
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

}  // namespace

Result<Verification> verify_chain(Connection& connection, EntryRows& rows,
                                  const std::function<void(std::int64_t, std::int64_t)>& progress) {
    auto start = anchor(connection);
    if (!start) return std::unexpected(std::move(start.error()));
    auto newest = rows.newest();
    if (!newest) return std::unexpected(std::move(newest.error()));
    ChainCheck check(connection, *start);
    while (true) {
        auto entries = rows.read_after(check.position(), kSlice);
        if (!entries && entries.error().code == ErrorCode::kCorrupt) {
            check.bad(check.position() + 1, entries.error().message);
            return check.report();
        }
        if (!entries) return std::unexpected(std::move(entries.error()));
        for (const auto& entry : *entries) {
            auto good = check.accept(entry);
            if (!good) return std::unexpected(std::move(good.error()));
            if (!*good) return check.report();
        }
        if (progress) progress(check.position() - start->number, newest->number - start->number);
        if (entries->empty()) break;
    }
    if (auto done = check_end(connection, check); !done) return std::unexpected(std::move(done.error()));
    return check.report();
}

}  // namespace tillkeeper::storage
