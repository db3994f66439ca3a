// QuestionSide: everything that answers questions of tills, put together on two loops: the copies of cloud data and the
// line to the loyalty engine on the sync loop, the desks on the till loop.
//
// Selling does not wait for it: where the disk does not let the copies be opened, questions are refused (`busy`) and
// opening them is tried again [agent-15]. Ownership: everything passed in outlives it. Thread: as each call says.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/config/config.h"
#include "agent/mirror_side.h"
#include "agent/till_desks.h"
#include "storage/body_codec.h"
#include "sync/redeemer.h"

namespace tillkeeper::agent {

struct QuestionParts {
    sync::SyncParts sync;
    EventLoop& till_loop;
    MqttClient& mqtt;
    const Config& config;
    storage::JournalOptions disk;  // as the journal was opened
    std::function<bool()> sales_wait;
    std::function<storage::JournalNumber(const std::string& destination)> delivered;
    std::function<void(const std::string& collection, LookupOutcome, LookupSource)> looked_up;  // till loop
};

class QuestionSide {
  public:
    // kInvalid: a program or key of the configuration cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<QuestionSide>> open(QuestionParts parts);

    // Sync loop, as the following.
    void start();
    void wake();
    void network_back();
    // kUnavailable: the copies cannot be changed now.
    [[nodiscard]] Result<std::int64_t> erase_member(const std::string& id);
    // How old the copies are; none where they are not open.
    [[nodiscard]] std::vector<sync::SourceStatus> copies() const;
    [[nodiscard]] Result<void> change_keys(const storage::BodyKeys& keys);
    // The desks' reader has the keys when `then` runs, on the sync loop.
    void use_keys(storage::BodyKeys keys, Task then);

    // Till loop, as the following.
    void start_desks();
    void receive(MqttMessage message);

  private:
    explicit QuestionSide(QuestionParts parts) : parts_(std::move(parts)) {}
    [[nodiscard]] Result<std::unique_ptr<TillDesks>> open_copies();
    void try_again();

    QuestionParts parts_;
    std::unique_ptr<sync::Redeemer> redeemer_;
    std::unique_ptr<MirrorSide> copies_;  // of the sync loop; null: not open yet
    std::unique_ptr<TillDesks> desks_;    // of the till loop; null: not open yet
    Timer again_;                         // of the sync loop
};

}  // namespace tillkeeper::agent
