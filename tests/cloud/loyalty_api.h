// LoyaltyApi: the loyalty engine over HTTP: redemptions, the leases of a store, the key set.
#pragma once

#include "tests/cloud/http_message.h"
#include "tests/cloud/loyalty_engine.h"

namespace tillkeeper::cloud {

class LoyaltyApi {
  public:
    // `engine` outlives it.
    explicit LoyaltyApi(LoyaltyEngine& engine) : engine_(engine) {}
    [[nodiscard]] Answer serve(const Request& request);

  private:
    [[nodiscard]] Answer redeem(const Request& request);

    LoyaltyEngine& engine_;
};

}  // namespace tillkeeper::cloud
