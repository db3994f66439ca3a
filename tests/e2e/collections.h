// The collections of the simulated cloud, and its loyalty engine, as an operator would configure them.
#pragma once

#include <string>

#include "tests/e2e/cloud.h"

namespace tillkeeper::lab {

struct CollectionsSetup {
    std::string store = "0042";
    int door = 0;  // of the cloud, by which the store comes
    int every_s = 1;
    int deadline_ms = 300;
    int allowance_member = 0;
    int allowance_store = 0;
};

// Members, products, prices, stock and orders, leases and their keys, and [loyalty].
[[nodiscard]] std::string collections_of(const Cloud& cloud, const CollectionsSetup& setup = {});

}  // namespace tillkeeper::lab
