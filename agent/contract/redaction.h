// What an erasure leaves of a member's transaction: the fiscal content as it was, nothing that tells who it was.
// Pure; any thread.
//
// What the contract names stays: id, type, till_sequence, occurred_at, business_day, currency, receipt, refers_to,
// total, lines[].{sku, description, quantity, unit_price, amount}, tenders[].{type, amount}. So do all names of
// members, and numbers, true, false and null, byte for byte; every other text becomes "erased". At or below a member
// whose name is personal (customer, member, name, email, phone, address, birth, loyalty, card, ... see redaction.cpp)
// numbers, true and false become null. A description that repeats an erased text becomes "erased" as well.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tillkeeper::agent {

// Has it, at any depth, a member named member_id with this text or number, in lists and objects below it as well?
[[nodiscard]] bool concerns_member(std::string_view body, std::string_view member_id);

// Has it, at any depth, a member named member_id with any number or text but an empty one, below it as well?
[[nodiscard]] bool names_a_member(std::string_view body);

// `keep`: names of further members whose text stays, unless they stand below a personal one. "{}" when `body` is not
// JSON.
[[nodiscard]] std::string redact(std::string_view body, const std::vector<std::string>& keep);

}  // namespace tillkeeper::agent
