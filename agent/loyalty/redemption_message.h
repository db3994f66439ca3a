// What a till says and hears when a member spends points, and what of it is journalled. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/contract/problem.h"
#include "agent/contract/transaction.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kRedemptionBytesMax = 4096;
inline constexpr std::int64_t kRedemptionPointsMax = 1'000'000'000;

struct RedemptionRequest {
    std::string request_id;  // 1-64 bytes
    std::string member_id;   // 1-128 bytes
    std::int64_t points = 0;
    std::string transaction_id;
};

struct ExaminedRedemption {
    std::optional<Refusal> refusal;
    std::vector<Problem> problems;
    std::optional<std::string> request_id;  // where it could be read
    RedemptionRequest request;              // without a refusal
};

[[nodiscard]] ExaminedRedemption examine_redemption(std::string_view payload);

// Names this redemption for ever: the same member paying for the same transaction. `attempt` counts up when one was
// voided, so that it can be asked for again.
[[nodiscard]] std::string redemption_id(const RedemptionRequest& request, int attempt);
[[nodiscard]] std::string void_id(std::string_view redemption_id);

struct ApprovedRedemption {
    bool live = false;
    std::string lease{};  // offline: what it was taken from; "": the allowance
    std::int64_t points = 0;
    std::optional<std::int64_t> balance{};  // afterwards
};

// The bodies of journal entries: of type `redemption`, and `redemption_voided`.
[[nodiscard]] std::string redemption_body(std::string_view id, const RedemptionRequest& request,
                                          const ApprovedRedemption& approved, WallTime now);
[[nodiscard]] std::string void_body(std::string_view redemption_id, const RedemptionRequest& request, WallTime now);
// What redemption_body() wrote. Nothing for anything else, and for one that was erased.
[[nodiscard]] std::optional<ApprovedRedemption> read_redemption(std::string_view body);

[[nodiscard]] std::string approved_answer(const RedemptionRequest& request, std::string_view id,
                                          const ApprovedRedemption& approved);
// `reason`: why, as the contract spells it, or as the engine said it.
[[nodiscard]] std::string declined_answer(const RedemptionRequest& request, bool live, std::string_view reason,
                                          std::optional<std::int64_t> balance);
[[nodiscard]] std::string refused_redemption(const std::optional<std::string>& request_id, Refusal refusal,
                                             const std::vector<Problem>& problems, std::optional<Duration> retry_after);

}  // namespace tillkeeper::agent
