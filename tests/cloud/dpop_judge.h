// DpopJudge: judges proofs of possession (RFC 9449, section 4.3), as a server that wants a nonce of its own in each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/cloud/http_message.h"
#include "tests/cloud/ledger.h"

namespace tillkeeper::cloud {

// What nobody can guess: 48 hex digits.
[[nodiscard]] std::string random_text();

class DpopJudge {
  public:
    struct Verdict {
        std::string thumbprint = {};  // of the key (RFC 7638), raw, where the proof holds
        std::string error = {};       // where not: of RFC 9449, section 12.2
        std::string why = {};
    };
    // `token`: that came with the request; empty at the token endpoint. `now`: seconds since 1970.
    [[nodiscard]] Verdict judge(const Request& request, std::string_view token, std::int64_t now);
    // To be named in each answer. It is another one now and then; those who have the one before are still taken.
    [[nodiscard]] const std::string& nonce() const { return nonce_; }
    // None that was named is taken any more.
    void forget_nonces();

  private:
    std::string nonce_ = random_text();
    std::string nonce_before_;
    int taken_ = 0;              // with this nonce
    ByText<std::int64_t> used_;  // jti, until when (seconds since 1970)
};

}  // namespace tillkeeper::cloud
