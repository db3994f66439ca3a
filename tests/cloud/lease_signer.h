// LeaseSigner: the loyalty engine's key, the key set that it publishes, and compact JWS (RFC 7515, ES256).
#pragma once

#include <string>
#include <string_view>

#include "tests/cloud/openssl_owned.h"

namespace tillkeeper::cloud {

class LeaseSigner {
  public:
    // Makes a P-256 key of its own.
    explicit LeaseSigner(std::string key_id);

    // header {"alg":"ES256","kid","typ":"tillkeeper-lease+jwt"}
    [[nodiscard]] std::string sign(std::string_view claims) const;
    [[nodiscard]] const std::string& key_id() const { return key_id_; }
    [[nodiscard]] std::string jwk() const;

  private:
    std::string key_id_;
    Key key_;
};

}  // namespace tillkeeper::cloud
