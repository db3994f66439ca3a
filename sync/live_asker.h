// LiveAsker: a LiveSource at work: questions under way, each with its deadline, and the probe.
#pragma once

#include <map>
#include <optional>

#include "sync/jq_program.h"
#include "sync/live_policy.h"
#include "sync/live_source.h"
#include "sync/oauth_client.h"

namespace tillkeeper::sync {

class LiveAsker final : public LiveSource {
  public:
    LiveAsker(SourceConfig config, SyncParts& sync, std::optional<JqProgram> program);
    [[nodiscard]] Result<void> prepare();  // reads the keys

    [[nodiscard]] bool worth_asking() const override { return worth_.load(std::memory_order_relaxed); }
    void ask(const std::string& field, const std::string& value, MonotonicTime deadline,
             std::move_only_function<void(LiveAnswer)> done) override;

  private:
    struct Question {
        std::string field;
        std::string value;
        std::move_only_function<void(LiveAnswer)> done;
        bool probe = false;
        Timer timer{};
        std::unique_ptr<HttpCall> call{};  // none: it waits for a token
        std::uint64_t token_generation = 0;
    };

    void open(Question question, MonotonicTime deadline);
    void dispatch(std::uint64_t number);
    void dispatch_waiting();
    void on_response(std::uint64_t number, const HttpResponse& response);
    void end(std::uint64_t number, LiveAnswer answer);
    void learn(const Question& question, const LiveAnswer& answer);
    void arm_probe();
    void probe();

    SourceConfig config_;
    SyncParts& sync_;
    std::optional<JqProgram> program_;
    std::unique_ptr<OAuthWallet> wallet_;
    LivePolicy policy_;
    std::map<std::uint64_t, Question> open_;
    std::uint64_t last_number_ = 0;
    std::string probe_field_;  // the last question, which is what a probe asks
    std::string probe_value_;
    std::string cause_;  // why nobody asks
    bool probing_ = false;
    Timer probe_timer_;
    std::atomic<bool> worth_ = true;
};

}  // namespace tillkeeper::sync
