// A transaction as a form that a person in a shop can fill in: one field for each value of its top members and of its
// lists' elements, and back again. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/staff/form.h"

namespace tillkeeper::agent {

struct FormValue {
    std::string pointer;  // RFC 6901: "/lines/3/amount"; the field's name in the form
    std::string name;     // its last step: "amount"
    std::string value;    // as a person reads and types it; "" where the transaction has none
    bool number = false;
    bool required = false;
};

// The top members (""), or those of one element or object ("/lines/3", "/customer").
struct FormGroup {
    std::string pointer;
    std::vector<FormValue> values;
};

inline constexpr std::size_t kFormValuesMax = 400;

// What the contract asks for first, also where it is missing. What lies deeper, and true, false and null, are not in
// it. Nothing for what is no object or has too many values: such a one can be changed as text only.
[[nodiscard]] std::optional<std::vector<FormGroup>> form_of(std::string_view transaction);

struct EditedTransaction {
    std::string json;
    std::vector<std::string> no_numbers;  // pointers of fields where a number was asked for
};

// The transaction with what the form says instead; everything else stays. A number stays a number, an emptied top
// member or number goes, and of a member that was given twice the first is left.
[[nodiscard]] EditedTransaction edited(std::string_view transaction, const FormFields& form);

}  // namespace tillkeeper::agent
