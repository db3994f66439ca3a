// ControlApi: what stands behind the control port: faults, the ledger, data, health. Plain HTTP on loopback.
#pragma once

#include <functional>

#include "tests/cloud/data_control.h"
#include "tests/cloud/faults.h"
#include "tests/cloud/http_message.h"
#include "tests/cloud/ledger.h"
#include "tests/cloud/token_issuer.h"

namespace tillkeeper::cloud {

class ControlApi final : public Service {
  public:
    // What of the network the control port changes.
    struct Network {
        std::function<Result<void>()> faults;  // told after every change of faults: the network may be cut now
        std::function<Result<void>(std::size_t door, bool open)> door;  // kNotFound: there is none
    };
    // Everything outlives it.
    ControlApi(Faults& faults, Ledger& ledger, TokenIssuer& tokens, CloudData& data, Network network)
        : faults_(faults), ledger_(ledger), tokens_(tokens), data_(data), network_(std::move(network)) {}

    bool resets_body(const Request&) override { return false; }
    Fate serve(const Request& request) override;

  private:
    [[nodiscard]] Answer answer(const Request& request);
    [[nodiscard]] Answer set_fault(const Request& request);
    [[nodiscard]] Answer set_door(const Request& request);
    [[nodiscard]] Answer show(const Request& request);

    Faults& faults_;
    Ledger& ledger_;
    TokenIssuer& tokens_;
    DataControl data_;
    Network network_;
};

}  // namespace tillkeeper::cloud
