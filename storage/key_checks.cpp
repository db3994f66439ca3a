#include "storage/key_checks.h"

#include <algorithm>

#include "storage/schema.h"

namespace tillkeeper::storage {
namespace {

constexpr std::size_t kKeyBytes = 32;

Result<void> check_form(const BodyKeys& keys) {
    const auto wrong = [](const std::string& key) { return key.size() != kKeyBytes; };
    if ((!keys.current.empty() && wrong(keys.current)) || std::ranges::any_of(keys.older, wrong))
        return fail(ErrorCode::kInvalid, "journal: a key must have 32 bytes");
    return {};
}

bool opens(const BodyKeys& keys, const std::string& check) {
    return check == kPlainCheck || check == key_check(keys.current) ||
           std::ranges::any_of(keys.older, [&](const auto& key) { return check == key_check(key); });
}

// What was sealed or plain until now stays readable until it is sealed anew.
Result<void> remember_current(Connection& connection, const BodyKeys& keys, std::vector<std::string> known) {
    auto any = connection.integer("SELECT EXISTS (SELECT 1 FROM entries)");
    if (!any) return std::unexpected(std::move(any.error()));
    if (known.empty() && *any != 0) known.emplace_back(kPlainCheck);
    if (*any == 0) known.clear();
    const std::string current = key_check(keys.current);
    std::erase(known, current);
    known.insert(known.begin(), current);
    if (auto begun = connection.execute("BEGIN IMMEDIATE; DELETE FROM meta WHERE key = 'resealed_up_to'"); !begun)
        return begun;
    if (auto set = set_key_checks(connection, known); !set) return set;
    return connection.execute("COMMIT");
}

}  // namespace

Result<std::vector<std::string>> key_checks(Connection& connection) {
    auto text = meta_text(connection, "key_check");
    if (!text) return std::unexpected(std::move(text.error()));
    std::vector<std::string> checks;
    for (std::string_view rest = *text; !rest.empty();) {
        const auto end = std::min(rest.find(','), rest.size());
        checks.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return checks;
}

Result<void> set_key_checks(Connection& connection, const std::vector<std::string>& checks) {
    std::string text;
    for (const auto& check : checks) text += (text.empty() ? "" : ",") + check;
    return set_meta(connection, "key_check", text);
}

Result<void> check_keys(Connection& connection, const BodyKeys& keys, bool remember) {
    if (auto formed = check_form(keys); !formed) return formed;
    auto known = key_checks(connection);
    if (!known) return std::unexpected(std::move(known.error()));
    if (keys.current.empty())
        return known->empty() ? Result<void>{}
                              : fail(ErrorCode::kCorrupt, "journal: bodies are sealed and no key was given");
    for (const auto& check : *known)
        if (!opens(keys, check))
            return fail(ErrorCode::kCorrupt, known->size() > 1
                                                 ? "journal: some bodies are still sealed with an older key; put it "
                                                   "back as a further line of the key file"
                                                 : "journal: bodies are sealed with another key");
    if (!remember || (!known->empty() && known->front() == key_check(keys.current))) return {};
    auto done = remember_current(connection, keys, std::move(*known));
    if (!done) connection.rollback();
    return done;
}

}  // namespace tillkeeper::storage
