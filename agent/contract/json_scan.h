// A strict, bounded reading of JSON from the hostile side of the bus (RFC 8259, RFC 3629), before anything is built
// from it: grammar, UTF-8, depth, counts, and what later readers would understand differently from one another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.h"

namespace tillkeeper::agent {

struct JsonLimits {
    std::size_t depth_max = 32;
    std::size_t values_max = 100'000;          // a receipt of a thousand lines has some 6,000
    std::size_t members_per_object_max = 500;  // names of one object are compared with each other
};

// Well-formed, yet not safe to hand on unseen. `pointer` is an RFC 6901 JSON pointer.
struct JsonFinding {
    enum class Kind {
        kInexactNumber,   // a double does not keep it: beyond 2^53, or too many digits
        kRepeatedMember,  // two members of one name: readers disagree which one counts
        kNulCharacter,    // "\u0000": many systems cannot store it
        kLoneSurrogate,   // "\ud800" without its other half: not a character
        kCardNumber,      // what looks like a payment card number, see card_number.h
    };
    Kind kind;
    std::string pointer;
};

enum class JsonType : std::uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// Where a value stands, down to three steps below the root.
struct JsonPlace {
    std::size_t depth = 0;                  // 0: the root itself
    std::array<std::string_view, 3> names;  // of each step the member's name without escapes, "" for an array's element
    std::size_t index = 0;                  // of the innermost array's element
};

// Sees the values of a document in passing, up to three steps deep, containers before what is in them.
class JsonVisitor {
  public:
    virtual ~JsonVisitor() = default;
    // `text`: a string without escapes; a number, true and false as written; otherwise "". All views end with the call.
    virtual void value(const JsonPlace& place, JsonType type, std::string_view text) = 0;
};

inline constexpr std::size_t kJsonFindingsMax = 16;  // card numbers: twice as many
// kInvalid with the byte offset when it is not JSON, kLimit when a limit of `limits` is passed.
[[nodiscard]] Result<std::vector<JsonFinding>> scan_json(std::string_view text, const JsonLimits& limits = {},
                                                         JsonVisitor* visitor = nullptr);

}  // namespace tillkeeper::agent
