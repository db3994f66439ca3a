// Puller: a Source at work. The thin edge between its pure parts (PullPolicy, PullState, pages, requests) and the
// mirrors, the network and the clock.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sync/oauth_client.h"
#include "sync/page_reader.h"
#include "sync/pull_policy.h"
#include "sync/pull_state.h"
#include "sync/source.h"
#include "sync/source_request.h"

namespace tillkeeper::sync {

class Puller final : public Source {
  public:
    Puller(SourceConfig config, SourceParts parts, std::optional<JqProgram> program);
    [[nodiscard]] Result<void> prepare();  // reads the keys; before start()

    void start() override;
    void retry_now() override;
    [[nodiscard]] SourceStatus status() const override;

  private:
    void step();
    void step_after(Duration wait);
    void rest();
    void wait();
    void ask();
    void on_response(HttpResponse response);
    void take_page(HttpResponse response);
    [[nodiscard]] bool begin_run();
    void not_modified();
    [[nodiscard]] bool forgets(int status);
    void begin_again(const std::string& why);
    void apply_slice();
    [[nodiscard]] Result<void> keep(const std::vector<storage::MirrorRow>& rows, const std::string& position);
    void page_done();
    void finish();
    void settle();
    void failed(std::string cause, std::string reason, std::optional<Duration> retry_after = {});
    void disk_failed(const Error& error);
    void not_kept(const Error& error);
    void note(std::string cause, std::string reason);
    [[nodiscard]] bool tidy();
    void let_go_if_too_old();
    void forget_old_answers();
    [[nodiscard]] std::optional<Duration> age() const;
    [[nodiscard]] storage::JournalNumber delivered() const;

    SourceConfig config_;
    SourceParts parts_;
    SyncParts& sync_;
    std::optional<JqProgram> program_;
    std::unique_ptr<OAuthWallet> wallet_;
    PullPolicy policy_;
    PullState state_ = PullState::kResting;
    SourceStatus status_;

    std::optional<storage::MirrorRun> run_;  // what the mirror knows of
    storage::MirrorRun asked_;               // the one that begins with the first page that comes
    PullPosition position_;
    bool full_next_ = false;  // the cursor is forgotten
    bool validated_ = false;  // the request said what is here: 304 is an answer
    unsigned refused_ = 0;    // pages in a row
    std::uint64_t pages_of_run_ = 0;

    Page page_;
    std::size_t taken_ = 0;  // of its pieces
    std::uint64_t page_not_kept_ = 0;
    bool whole_ = false;  // every page is in; the mirrors prepare to show the run

    std::unique_ptr<HttpCall> call_;
    std::uint64_t token_generation_ = 0;
    MonotonicTime page_at_{};
    bool started_ = false;
    bool untidy_ = true;
    Timer timer_;
};

}  // namespace tillkeeper::sync
