// Delivery: a Destination at work. The thin edge between its pure parts (Lane, Window, Evidence, answers) and the
// journal, the network and the clock.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/delivery_slot.h"
#include "sync/destination.h"
#include "sync/held_rows.h"
#include "sync/item_answers.h"
#include "sync/journal_feed.h"
#include "sync/oauth_client.h"
#include "sync/rate_meter.h"
#include "sync/reconciler.h"
#include "sync/request_builder.h"
#include "sync/steps.h"
#include "sync/two_windows.h"

namespace tillkeeper::sync {

class Delivery final : public Destination {
  public:
    struct Programs {
        RequestBuilder builder;  // refers to the config below
        std::optional<JqProgram> answer;
        std::optional<Steps> steps{};  // refers to the config below
    };
    Delivery(std::unique_ptr<DestinationConfig> config, SyncParts sync, Programs programs);
    [[nodiscard]] Result<void> prepare();  // reads the keys; before start()

    [[nodiscard]] Result<void> start() override;
    void wake() override;
    void retry_now() override;
    [[nodiscard]] DestinationStatus status() const override;

  private:
    static constexpr Duration kWalkEvery = std::chrono::seconds(30);  // for new entries as well: a wake-up may be lost
    static constexpr Duration kWalkAtMostEvery = std::chrono::seconds(1);

    using Slot = DeliverySlot;

    [[nodiscard]] static LaneLimits limits_of(const DestinationConfig& config);
    void pump();
    void pump_soon();
    void arm();
    void feed_idle_lanes();
    void feed_ahead();
    [[nodiscard]] bool feed_page(Window& window, const std::function<Lane&(const storage::Entry&)>& lane);
    [[nodiscard]] bool feed_backlog();
    void feed_live();
    void put_live_first();
    // The backlog is over, and live ones are still on their way: whoever comes next must not overtake them.
    [[nodiscard]] bool live_ends() const { return live_ != nullptr && !windows_.apart() && !live_->lane.empty(); }
    void walk_held();
    void dispatch_all();
    void dispatch(Slot& slot);
    [[nodiscard]] RequestBuilder::Faults map(Slot& slot);
    void send(Slot& slot);
    [[nodiscard]] std::string known_document(storage::JournalNumber number);
    void ask_step(Slot& slot);
    void ask(Slot& slot, HttpRequest request);
    [[nodiscard]] Result<void> prepare_publisher();
    void publish(Slot& slot);
    void note_turn(Slot& slot);
    void on_response(Slot& slot, const HttpResponse& response);
    void finish(Slot& slot, TransportFailure failure, BatchAnswer read);
    void note(const Answer& answer, bool answered);
    void note_waiting(const std::string& cause, const std::string& reason);
    void note_taken();
    void note_login();
    void reader_failed(const Error& error);
    [[nodiscard]] std::optional<Difference> difference_about(const Settled& item, bool was_held);
    void reconcile(Slot& slot, std::vector<Settled> settled);
    void report(Slot& slot, std::vector<Settled> settled);
    void hold_damaged(storage::Entry entry);
    [[nodiscard]] storage::HeldItem held_item(const Settled& item, storage::JournalNumber body_number) const;
    void note_time(const storage::Arrival& arrival, MonotonicTime now);
    void report_cursor();
    void let_go_during_outage();
    [[nodiscard]] bool busy() const;
    [[nodiscard]] bool unheard() const;
    [[nodiscard]] bool probing() const { return outage_ && busy(); }  // one request at a time asks whether it is over
    [[nodiscard]] std::size_t queued_bytes() const;
    [[nodiscard]] std::size_t queued_items() const;

    std::unique_ptr<DestinationConfig> config_;
    SyncParts sync_;
    const std::string boot_id_ = sync_.device.boot_id();
    Programs programs_;
    std::unique_ptr<OAuthWallet> wallet_;
    std::unique_ptr<MqttPublisher> publisher_;  // with kMqtt
    HeldRows held_;
    JournalFeed feed_;
    Reconciler reconciler_;
    TwoWindows windows_{0};
    Evidence evidence_;
    Pace pace_;                  // of the whole destination: what the service asks for is not for one lane
    std::size_t next_slot_ = 0;  // where one may leave at a time, they take turns
    std::vector<std::unique_ptr<Slot>> slots_;  // first the lanes; the last one is the one outside the order
    std::size_t lanes_ = 0;
    bool live_went_ = false;  // the last request was live_'s
    Slot* live_ = nullptr;    // the one for live transactions, where they go before a backlog
    mutable RateMeter rate_;
    DestinationStatus status_;
    storage::JournalNumber reported_cursor_ = 0;
    bool started_ = false;
    bool may_send_ = false;     // a token is at hand, or none is needed
    bool login_waits_ = false;  // the cause shown came from the login
    bool outage_ = false;       // the last failure was the network's: only a small batch probes
    MonotonicTime read_not_before_{};
    MonotonicTime walk_at_{};
    MonotonicTime walked_at_{};
    Timer timer_, soon_;
};

}  // namespace tillkeeper::sync
