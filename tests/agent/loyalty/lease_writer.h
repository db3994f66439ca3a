// The loyalty engine's hand: a key of its own, and leases signed with it.
#pragma once

#include <string>

#include "platform/crypto.h"

namespace tillkeeper::agent::loyalty_test {

class LeaseWriter {
  public:
    explicit LeaseWriter(std::string key_id);
    // The public key as a JSON Web Key.
    [[nodiscard]] std::string jwk() const;
    [[nodiscard]] std::string thumbprint() const;
    // A compact JWS; with another header than the usual one where given.
    [[nodiscard]] std::string signed_lease(const std::string& claims, std::string header = {}) const;

  private:
    std::string key_id_;
    std::string x_;
    std::string y_;
    SigningKey key_;
};

}  // namespace tillkeeper::agent::loyalty_test
