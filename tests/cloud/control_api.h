// ControlApi: what stands behind the control port: faults, the ledger, health. Plain HTTP on loopback.
#pragma once

#include <functional>

#include "tests/cloud/faults.h"
#include "tests/cloud/http_message.h"
#include "tests/cloud/ledger.h"
#include "tests/cloud/token_issuer.h"

namespace tillkeeper::cloud {

class ControlApi final : public Service {
  public:
    // `network` is told after every change of faults whether the network is to be cut. Everything outlives it.
    using Network = std::function<Result<void>(bool cut)>;
    ControlApi(Faults& faults, Ledger& ledger, TokenIssuer& tokens, Network network)
        : faults_(faults), ledger_(ledger), tokens_(tokens), network_(std::move(network)) {}

    bool resets_body(const Request&) override { return false; }
    Fate serve(const Request& request) override;

  private:
    [[nodiscard]] Answer answer(const Request& request);
    [[nodiscard]] Answer set_fault(const Request& request);
    [[nodiscard]] Answer show(const Request& request);

    Faults& faults_;
    Ledger& ledger_;
    TokenIssuer& tokens_;
    Network network_;
};

}  // namespace tillkeeper::cloud
