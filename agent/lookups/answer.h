// What is known of a record, and how a till is told. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/contract/problem.h"
#include "agent/lookups/request.h"
#include "platform/clock.h"

namespace tillkeeper::agent {

enum class LookupOutcome : std::uint8_t { kFound, kNotFound, kUnknown, kRefused };
enum class LookupSource : std::uint8_t { kNone, kLive, kMirror };

[[nodiscard]] std::string_view to_string(LookupOutcome outcome);
[[nodiscard]] std::string_view to_string(LookupSource source);  // "none", "live", "mirror"

// How many records one answer tells at most, and how many bytes they may have together.
inline constexpr std::size_t kLookupRecordsMax = 20;
inline constexpr std::size_t kLookupRecordBytesMax = std::size_t{192} << 10;

struct LookupResult {
    LookupOutcome outcome = LookupOutcome::kUnknown;
    LookupSource source = LookupSource::kNone;
    std::optional<WallTime> as_of{};
    bool stale = false;
    std::vector<std::string> records{};     // kFound: JSON objects, at least one
    std::vector<std::string> deliveries{};  // of transactions: where each of these is, as to_json(Whereabouts)
    bool list = false;                      // the till is told all of them, even when there is one
    bool more = false;                      // there are more than these
};

[[nodiscard]] LookupResult not_known();
// False: it has no room there, and `more` says so. The first one always has.
[[nodiscard]] bool add_record(LookupResult& result, std::string record);

[[nodiscard]] std::string lookup_answer(std::string_view request_id, std::string_view collection,
                                        const LookupResult& result, bool deferred = false);
// `collection` as in the topic; "" where that is no collection's name. `retry_after` where trying again helps.
[[nodiscard]] std::string lookup_refused_answer(const std::optional<std::string>& request_id,
                                                std::string_view collection, LookupRefusal refusal,
                                                const Problem& problem, std::optional<Duration> retry_after = {});

}  // namespace tillkeeper::agent
