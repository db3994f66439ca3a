#include "storage/pots.h"

#include <map>

namespace tillkeeper::storage {
namespace {

constexpr std::string_view kSpent = "SELECT spent, number FROM pots WHERE name = ?1";
constexpr std::string_view kWrite =
    "INSERT INTO pots (name, spent, number) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (name) DO UPDATE SET spent = excluded.spent, number = excluded.number";

Result<void> write(Connection& connection, const std::string& pot, std::int64_t spent, JournalNumber number) {
    auto statement = connection.kept(kWrite);
    if (!statement) return std::unexpected(std::move(statement.error()));
    const ResetAtEnd reset(**statement);
    return (*statement)->bind(1, std::string_view(pot)).bind(2, spent).bind(3, number).run();
}

}  // namespace

Result<void> check_spends(std::span<const Spend> spends) {
    if (spends.size() > kSpendsMax) return fail(ErrorCode::kLimit, "journal: an entry draws on too many pots");
    for (const auto& one : spends) {
        if (one.pot.empty()) return fail(ErrorCode::kInvalid, "journal: a pot needs a name");
        if (one.pot.size() > kPotNameBytesMax) return fail(ErrorCode::kLimit, "journal: the name of a pot is too long");
        if (one.amount < 0 || one.limit < 0)
            return fail(ErrorCode::kInvalid, "journal: nothing is put back into a pot");
    }
    return {};
}

Result<bool> spend(Connection& connection, std::span<const Spend> spends, JournalNumber number) {
    std::map<std::string, std::int64_t> after;
    for (const auto& one : spends) {
        auto place = after.find(one.pot);
        if (place == after.end()) {
            auto before = state_of(connection, one.pot);
            if (!before) return std::unexpected(std::move(before.error()));
            place = after.emplace(one.pot, before->given).first;
        }
        auto& given = place->second;
        if (one.expected && *one.expected != given) return false;
        if (one.amount > one.limit - given) return false;
        given += one.amount;
    }
    for (const auto& [pot, given] : after)
        if (auto done = write(connection, pot, given, number); !done) return std::unexpected(std::move(done.error()));
    return true;
}

Result<PotState> state_of(Connection& connection, const std::string& pot) {
    auto statement = connection.kept(kSpent);
    if (!statement) return std::unexpected(std::move(statement.error()));
    const ResetAtEnd reset(**statement);
    auto row = (*statement)->bind(1, std::string_view(pot)).step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return PotState{};
    return PotState{(*statement)->integer(0), (*statement)->integer(1)};
}

Result<void> remove_pots_through(Connection& connection, JournalNumber last) {
    auto statement = connection.prepare("DELETE FROM pots WHERE number <= ?1");
    if (!statement) return std::unexpected(std::move(statement.error()));
    return statement->bind(1, last).run();
}

Result<bool> pots_whole(Connection& connection) {
    auto sum = connection.integer("SELECT total(spent + number) FROM pots");
    if (sum) return true;
    if (sum.error().code == ErrorCode::kCorrupt) return false;
    return std::unexpected(std::move(sum.error()));
}

}  // namespace tillkeeper::storage
