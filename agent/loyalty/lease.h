// Lease: the loyalty engine's written word that this store may spend so many points of one member, or of a pool that
// several members share, while nobody can be asked. What is leased is taken from the balance when it is granted, so
// that two stores without network can never spend the same points. What a lease says and how it is signed:
// sync/README.md. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.h"
#include "platform/crypto.h"
#include "platform/result.h"

namespace tillkeeper::agent {

struct Lease {
    std::string id;      // "jti": [A-Za-z0-9._:-]{1,64}
    std::string member;  // "sub"; "" when it is for a pool
    std::string pool;    // "pool"; "" when it is for a member
    std::int64_t amount = 0;
    WallTime not_before;
    WallTime expires;
};

// The engine's public keys, by key id.
class LeaseKeys {
  public:
    // With pins (RFC 7638 thumbprints, SHA-256, base64url) only those keys count.
    explicit LeaseKeys(std::vector<std::string> pins) : pins_(std::move(pins)) {}

    // One JSON Web Key. kInvalid: no P-256 key for signatures, or none of the pinned ones.
    [[nodiscard]] Result<void> add(std::string_view jwk);
    [[nodiscard]] const VerifyingKey* find(std::string_view key_id) const;

  private:
    std::vector<std::string> pins_;
    std::map<std::string, VerifyingKey, std::less<>> keys_;
};

inline constexpr std::size_t kLeaseBytesMax = 4096;

// A compact JWS (RFC 7515). kInvalid: not signed by one of `keys` with ES256, not for this store, not by this issuer,
// or a claim is missing or beyond its range. Whether it is in time and not spent is judged when it is used.
[[nodiscard]] Result<Lease> read_lease(std::string_view jws, const LeaseKeys& keys, std::string_view store,
                                       std::string_view issuer);

// What a lease says of itself before anything of it is proven: a cheap hint whether it is worth proving. Nothing: no
// lease.
struct LeaseClaim {
    std::string id;
    WallTime expires;
};
[[nodiscard]] std::optional<LeaseClaim> claimed_by(std::string_view jws);

}  // namespace tillkeeper::agent
