// An order is handed out once: the pot (storage/spend.h) that its `order_collected` draws one from.
#pragma once

#include <string>
#include <string_view>

namespace tillkeeper::agent {

[[nodiscard]] std::string order_pot(std::string_view order);

}  // namespace tillkeeper::agent
