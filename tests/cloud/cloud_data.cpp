#include "tests/cloud/cloud_data.h"

namespace tillkeeper::cloud {

Table* CloudData::table(std::string_view name) {
    for (Table* each : {&members, &products, &prices, &stock, &orders})
        if (each->shape().name == name) return each;
    return nullptr;
}

void CloudData::delivered(Destination destination, const Event& event) {
    if (destination == Destination::kOms)
        for (const auto& [sku, pieces] : event.moved) stock.add(std::string(sku), -pieces);
    if (destination != Destination::kCrm) return;
    if (event.type == kRedemption)
        loyalty.delivered({.id = std::string(event.loyalty_id),
                           .store = {},
                           .member = std::string(event.member),
                           .points = event.points,
                           .lease = std::string(event.lease)});
    else if (event.type == kRedemptionVoided)
        loyalty.voided(std::string(event.loyalty_id));
    else if (event.type == kLeaseReturned)
        loyalty.returned(std::string(event.lease), event.lease_spent.value_or(0));
    else if (!event.member.empty())
        loyalty.earned(std::string(event.member), event.points);
}

std::optional<BookedOtherwise> CloudData::booked_otherwise(Destination destination, const Event& event) const {
    if (destination != Destination::kCrm || event.type != kRedemption) return std::nullopt;
    return loyalty.booked_otherwise(std::string(event.loyalty_id));
}

}  // namespace tillkeeper::cloud
