// PINs of store staff: which are too easy to guess, and the slow hash under which they are kept. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper::agent {

// OWASP Password Storage Cheat Sheet: PBKDF2-HMAC-SHA256 with 600,000 iterations.
inline constexpr int kPinIterations = 600'000;
inline constexpr std::size_t kPinDigitsMin = 6;
inline constexpr std::size_t kPinDigitsMax = 32;

struct PinHash {
    int iterations = kPinIterations;
    std::string salt;
    std::string hash;
};

// Why it can be no PIN, for the person who chose it; "" when it can.
[[nodiscard]] std::string_view pin_fault(std::string_view pin);

// Under a salt of its own. Takes as long as its iterations take: seconds on a small ARM board.
[[nodiscard]] Result<PinHash> hash_pin(std::string_view pin, int iterations = kPinIterations);
// Takes as long whatever it finds.
[[nodiscard]] bool is_pin(const PinHash& kept, std::string_view pin);

}  // namespace tillkeeper::agent
