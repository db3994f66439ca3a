#include "agent/contract/order_pot.h"

#include "platform/crypto.h"

namespace tillkeeper::agent {

std::string order_pot(std::string_view order) {
    return "order:" + to_hex(sha256("order\n" + std::string(order))).substr(0, 32);
}

}  // namespace tillkeeper::agent
