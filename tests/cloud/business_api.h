// BusinessApi: what stands behind the HTTPS port: the token endpoint, ERP, OMS, CRM and the bench, feeds, live look-ups
// and the loyalty engine.
#pragma once

#include "tests/cloud/cloud_data.h"
#include "tests/cloud/event_batch.h"
#include "tests/cloud/faults.h"
#include "tests/cloud/feed_api.h"
#include "tests/cloud/gunzip.h"
#include "tests/cloud/http_message.h"
#include "tests/cloud/ledger.h"
#include "tests/cloud/loyalty_api.h"
#include "tests/cloud/token_issuer.h"

namespace tillkeeper::cloud {

class BusinessApi final : public Service {
  public:
    // Everything outlives it.
    BusinessApi(Faults& faults, Ledger& ledger, TokenIssuer& tokens, CloudData& data)
        : faults_(faults), ledger_(ledger), tokens_(tokens), data_(data) {}

    bool resets_body(const Request& head) override;
    Fate serve(const Request& request) override;

  private:
    [[nodiscard]] Answer act(Destination destination, const Request& request);
    [[nodiscard]] Answer take(Destination destination, const Request& request);
    [[nodiscard]] Answer take_events(Destination destination, std::string_view body, bool single);

    Faults& faults_;
    Ledger& ledger_;
    TokenIssuer& tokens_;
    CloudData& data_;
    FeedApi feeds_{data_};
    LoyaltyApi loyalty_{data_.loyalty};
    Gunzip gunzip_;
};

}  // namespace tillkeeper::cloud
