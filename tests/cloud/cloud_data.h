// CloudData: what the cloud knows besides what it was sent: its collections and the loyalty engine, and what a delivery
// changes in them.
#pragma once

#include <string_view>

#include "tests/cloud/event_batch.h"
#include "tests/cloud/loyalty_engine.h"
#include "tests/cloud/table.h"

namespace tillkeeper::cloud {

class CloudData {
  public:
    Table members{RowKind::kMembers};
    Table products{RowKind::kProducts};
    Table prices{RowKind::kPrices};
    Table stock{RowKind::kStock};
    Table orders{RowKind::kOrders};
    LoyaltyEngine loyalty{members};

    // Null: there is no such collection.
    [[nodiscard]] Table* table(std::string_view name);
    // Once per event: stock follows what the OMS got, points what the CRM got.
    void delivered(Destination destination, const Event& event);
    // What is told beside each delivery of it, the first and all later ones.
    [[nodiscard]] std::optional<BookedOtherwise> booked_otherwise(Destination destination, const Event& event) const;
};

}  // namespace tillkeeper::cloud
