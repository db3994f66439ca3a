// The types of problems: all that there are. What each means, asyncapi.yaml tells.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace tillkeeper::agent {

// The last word of "urn:tillkeeper:problem:<type>".
inline constexpr std::array<std::string_view, 20> kProblemTypes{
    // quarantined
    "missing-member", "unusable-member", "not-money", "not-a-quantity", "currency", "totals", "inexact-number",
    "repeated-member", "nul-character", "broken-character", "id-conflict", "already-collected",
    // refused
    "malformed", "too-large", "card-number", "not-yours", "busy", "storage-full",
    // refused look-ups
    "unknown-collection", "not-searchable"};

// One of them. A word that is not in the list does not compile, so that no answer says what the contract does not know.
class ProblemType {
  public:
    // Not explicit: a type is written as its word. Behind the end of the list there is nothing to read at compile time.
    consteval ProblemType(const char* word) : word_(*std::ranges::find(kProblemTypes, std::string_view(word))) {}
    [[nodiscard]] std::string_view word() const { return word_; }
    friend bool operator==(ProblemType type, std::string_view word) { return type.word_ == word; }

  private:
    std::string_view word_;
};

}  // namespace tillkeeper::agent
