// Reads what a till asks for, strictly and without I/O: understood, or refused with why.
//
//   {"request_id":"r-1","key":"17850"}
//   {"request_id":"r-2","by":{"phone":"0170*"}}                       a text that ends in "*": a beginning
//   {"request_id":"r-3","by":{"sku":"85123A"},"currency":"EUR","customer_group":"staff","at":"2026-11-20T10:42:07Z"}
// Other members are taken no notice of. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/contract/problem.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kLookupBytesMax = 4096;
inline constexpr std::size_t kLookupTextBytesMax = 256;  // of a key, of what is asked by

enum class LookupRefusal : std::uint8_t {
    kMalformed,
    kTooLarge,
    kContainsCardNumber,
    kNotYours,
    kUnknownCollection,
    kNotSearchable,
    kBusy,
    kStorageFull
};
inline constexpr std::array kLookupRefusals{
    LookupRefusal::kMalformed, LookupRefusal::kTooLarge,          LookupRefusal::kContainsCardNumber,
    LookupRefusal::kNotYours,  LookupRefusal::kUnknownCollection, LookupRefusal::kNotSearchable,
    LookupRefusal::kBusy,      LookupRefusal::kStorageFull};

// As the contract spells it: "malformed", "unknown_collection", ...
[[nodiscard]] std::string_view to_string(LookupRefusal refusal);

struct LookupRequest {
    std::string request_id;
    std::string field;  // "": by the key
    std::string text;   // the key, or the field's value
    // Which of several prices. Elsewhere they mean nothing.
    std::string currency;
    std::string customer_group;
    std::optional<WallTime> at;
};

struct LookupReading {
    std::optional<LookupRefusal> refusal;
    std::optional<std::string> request_id;  // where it could be read
    std::optional<Problem> problem;         // with a refusal
    LookupRequest request;                  // without
};

// Any bytes may come; never fails.
[[nodiscard]] LookupReading read_lookup(std::string_view payload);

}  // namespace tillkeeper::agent
