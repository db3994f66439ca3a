// Puts together what a person sends to decide about a held transaction.
#pragma once

#include <string>

#include "platform/result.h"

namespace tillkeeper::cli {

struct DecisionText {
    std::string destination;  // "": quarantine
    std::string who;
    std::string why;
};

// {"destination","who","why"} and, when `transaction` is not empty, "transaction".
[[nodiscard]] std::string decision_body(const DecisionText& text, const std::string& transaction);

// Applies a JSON patch (RFC 6902) to the transaction inside the answer of /entries/{number}; kInvalid when the patch
// is none or does not fit.
[[nodiscard]] Result<std::string> patched_transaction(const std::string& entry_document, const std::string& patch);

// The text itself, or with a leading '@' the content of that file ("@-": standard input); at most 1 MiB.
[[nodiscard]] Result<std::string> argument_or_file(const std::string& argument);

}  // namespace tillkeeper::cli
