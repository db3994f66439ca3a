// Redeemer: asks the loyalty engine whether a member's points may be spent, with a deadline.
//
// The engine books under the redemption's id, once, however often it is asked (sync/README.md). No answer in time does
// not mean that nothing was booked: `maybe_booked` tells. After `missed_max` deadlines in a row, or once the engine
// cannot be reached, one question at a time finds out whether it is back, with full jitter between them [sync-10].
// Ownership: everything passed in outlives it. Thread: the sync loop, except worth_asking().
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "sync/destination.h"
#include "sync/live_policy.h"
#include "sync/oauth_client.h"

namespace tillkeeper::sync {

struct RedeemerConfig {
    std::string url;
    std::string ca_file;
    OAuthClient oauth;
    Duration deadline = std::chrono::milliseconds(800);  // in all
    int missed_max = 3;
};

struct RedemptionQuestion {
    std::string id;
    std::string member_id;
    std::int64_t points = 0;
    std::string transaction_id;
};

struct RedemptionWord {
    enum class Outcome : std::uint8_t { kApproved, kDeclined, kNoAnswer } outcome = Outcome::kNoAnswer;
    std::string reason{};  // kDeclined
    std::optional<std::int64_t> balance{};
    bool maybe_booked = false;  // kNoAnswer
};

// What an answer of the engine says. Pure.
[[nodiscard]] RedemptionWord read_redemption_word(const HttpResponse& response);

class Redeemer {
  public:
    // kInvalid when the key cannot be read.
    [[nodiscard]] static Result<std::unique_ptr<Redeemer>> make(RedeemerConfig config, SyncParts sync);

    // Gets a token, and keeps one.
    void start();
    // Any thread, cheap: whether an answer in time is likely. A hint; ask() decides.
    [[nodiscard]] bool worth_asking() const;
    // `done` runs exactly once, at the deadline at the latest, never from inside ask().
    void ask(const RedemptionQuestion& question, std::move_only_function<void(RedemptionWord)> done);

  private:
    struct Open {
        HttpRequest request;  // until it is sent
        std::move_only_function<void(RedemptionWord)> done;
        bool probe = false;
        std::uint64_t token_generation = 0;
        Timer timer{};
        std::unique_ptr<HttpCall> call{};  // none: it waits for a token
    };

    Redeemer(RedeemerConfig config, SyncParts sync);
    void keep_token();
    void dispatch(std::uint64_t number);
    void on_response(std::uint64_t number, const HttpResponse& response);
    void on_deadline(std::uint64_t number);
    void end(std::uint64_t number, RedemptionWord word);
    void learn(bool answered, bool reached, bool probe);

    RedeemerConfig config_;
    SyncParts sync_;
    std::unique_ptr<OAuthWallet> wallet_;
    LivePolicy policy_;
    std::map<std::uint64_t, Open> open_;
    std::uint64_t last_number_ = 0;
    bool probing_ = false;
    Timer token_timer_;
    std::atomic<std::int64_t> worth_from_ = 0;  // monotonic microseconds
};

}  // namespace tillkeeper::sync
