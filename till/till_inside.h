// What a Till is made of: outbox, hand-over and connection, put together. Only till.cpp includes this.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "platform/linux-arm/system.h"
#include "till/connection.h"
#include "till/hand_over.h"
#include "till/outbox.h"
#include "till/ready_set.h"
#include "till/reconnect.h"
#include "till/reply.h"
#include "till/till.h"
#include "till/uuid_v7.h"

namespace tillkeeper::pos {

class Till::Inside {
  public:
    Inside(Settings settings, Events events, std::unique_ptr<Outbox> outbox, ReadySet ready);

    [[nodiscard]] Result<Receipt> hand_over(const Sale& sale);
    [[nodiscard]] std::string new_id() { return ids_.next(clock_.wall(), random_); }
    [[nodiscard]] Result<void> run_once(std::chrono::milliseconds wait_max);
    [[nodiscard]] int descriptor() const { return ready_.descriptor(); }
    [[nodiscard]] bool online() const { return connection_ && connection_->online(); }
    [[nodiscard]] Counts counts() const;
    [[nodiscard]] Outbox& outbox() { return *outbox_; }
    void close();

  private:
    // What the store said and the outbox could not note down yet.
    struct Unrecorded {
        bool refused = false;
        std::string problem;
    };
    [[nodiscard]] Result<std::optional<Receipt>> handed_over_before(const Sale& sale, std::uint64_t digest);
    void connect();
    void note_connection();
    void send();
    // False: nothing more can be sent now.
    [[nodiscard]] bool send_one();
    void give_up_damaged(const KeptSale& sale);
    void take(const MqttMessage& message);
    void take_reply(const MqttMessage& message, const Reply& reply);
    void record(std::int64_t sequence, Unrecorded what);
    void look_after_outbox();
    void remember_trouble(Error error);
    void remember_unwritten(Error error);
    void arm();

    Settings settings_;
    Events events_;
    SystemClock clock_;
    SystemRandom random_;
    UuidV7 ids_;
    std::unique_ptr<Outbox> outbox_;
    HandOver hand_over_;
    Reconnect reconnect_;
    std::unique_ptr<Connection> connection_;
    ReadySet ready_;
    MonotonicTime connect_at_{};
    MonotonicTime look_after_at_{};
    MonotonicTime outbox_rests_until_{};  // after a failure, so that a broken disk is not asked all the time
    bool was_online_ = false;
    std::string last_why_;
    std::uint64_t reconnects_ = 0;
    std::map<std::int64_t, Unrecorded> unrecorded_;
    std::deque<Answer> to_tell_;
    std::optional<Error> trouble_;
    bool closed_ = false;
};

}  // namespace tillkeeper::pos
