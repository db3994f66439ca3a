#include "agent/staff/pin.h"

#include "platform/crypto.h"
#include "platform/password_hash.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kSaltBytes = 16;

// 111111, 123456, 987654, 135791: one step from each digit to the next.
bool is_staircase(std::string_view pin) {
    const auto step = [&](std::size_t i) { return (pin[i] - pin[i - 1] + 10) % 10; };
    for (std::size_t i = 2; i < pin.size(); ++i)
        if (step(i) != step(1)) return false;
    return true;
}

// 121212, 123123: the first digits over and over.
bool repeats_itself(std::string_view pin) {
    for (std::size_t length = 1; length <= pin.size() / 2; ++length)
        if (pin.substr(length) == pin.substr(0, pin.size() - length)) return true;
    return false;
}

}  // namespace

std::string_view pin_fault(std::string_view pin) {
    if (pin.find_first_not_of("0123456789") != std::string_view::npos) return "a PIN has digits only";
    if (pin.size() < kPinDigitsMin || pin.size() > kPinDigitsMax) return "a PIN has 6 to 32 digits";
    if (is_staircase(pin) || repeats_itself(pin)) return "this PIN is too easy to guess; choose another";
    return "";
}

Result<PinHash> hash_pin(std::string_view pin, int iterations) {
    auto salt = random_bytes(kSaltBytes);
    if (!salt) return std::unexpected(salt.error());
    auto hash = pbkdf2_sha256(pin, *salt, iterations);
    if (!hash) return std::unexpected(hash.error());
    return PinHash{iterations, std::move(*salt), std::move(*hash)};
}

bool is_pin(const PinHash& kept, std::string_view pin) {
    const auto hash = pbkdf2_sha256(pin, kept.salt, kept.iterations);
    return hash && equal_in_constant_time(*hash, kept.hash);
}

}  // namespace tillkeeper::agent
