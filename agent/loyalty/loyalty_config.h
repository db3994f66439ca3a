// How a store spends points: the [loyalty] table of the configuration. A value.
#pragma once

#include "agent/loyalty/loyalty_books.h"
#include "agent/loyalty/redemption_policy.h"
#include "sync/redeemer.h"

namespace tillkeeper::agent {

struct LoyaltyConfig {
    LoyaltyNames names;  // `store` and `secret` come from elsewhere
    Allowance allowance;
    sync::RedeemerConfig live;  // without url the engine is never asked
};

}  // namespace tillkeeper::agent
