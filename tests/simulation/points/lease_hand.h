// LeaseHand: the loyalty engine's signature, the same for the same words: a story must replay to the last bit, and
// ES256 as everybody makes it draws a random number each time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tillkeeper::simulation {

class LeaseHand {
  public:
    LeaseHand();
    ~LeaseHand();
    LeaseHand(const LeaseHand&) = delete;
    LeaseHand& operator=(const LeaseHand&) = delete;

    // A compact JWS as sync/README.md says.
    [[nodiscard]] std::string sign(std::string_view claims) const;
    // The public key as a JSON Web Key.
    [[nodiscard]] const std::string& jwk() const { return jwk_; }

  private:
    struct Curve;
    [[nodiscard]] std::string raw_signature(std::string_view input) const;

    std::unique_ptr<Curve> curve_;
    std::string jwk_;
};

}  // namespace tillkeeper::simulation
