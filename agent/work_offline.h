// WorkOffline: people in the store keep the box off the network for a while, for a reason. It ends by itself.
//
// Beginning and end are entries `staff_action` of the chain: who, when, why, until when; nothing is cut before that is
// durable. What was begun goes on after a restart, and what is over stays over.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "platform/clock.h"
#include "platform/device.h"
#include "platform/event_loop.h"
#include "storage/journal_reader.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

// Who keeps the store offline, why, and until when.
struct OfflineSpell {
    std::string who;
    std::string why;
    WallTime until;
};

struct WorkOfflineParts {
    EventLoop& loop;
    const Clock& clock;
    const Device& device;
    storage::JournalReader& reader;
    storage::Writer& writer;
    std::function<void(const std::optional<OfflineSpell>&)> changed;
};

class WorkOffline {
  public:
    static constexpr Duration kSpanMin = std::chrono::minutes(1);
    static constexpr Duration kSpanMax = std::chrono::hours(24);
    using Done = std::move_only_function<void(Result<void>)>;

    explicit WorkOffline(WorkOfflineParts parts) : parts_(std::move(parts)) {}

    // Goes on with what was begun before a restart; where the journal cannot tell now, it is asked again each second.
    void start();
    // Begins, or begins anew. kInvalid: `span`, `who` or `why` is not in order; kUnavailable, kStorageFull: it cannot
    // be recorded now, and everything stays as it is.
    void begin(std::string who, std::string why, Duration span, Done done);
    // Ends now; nothing to record where it is over already.
    void end(std::string who, std::string why, Done done);

    [[nodiscard]] const std::optional<OfflineSpell>& spell() const { return spell_; }

  private:
    void record(const std::string& action, OfflineSpell spell, Done done);
    void be(std::optional<OfflineSpell> spell, Duration left);
    [[nodiscard]] Duration what_is_left(const storage::Arrival& begun, WallTime until) const;
    void run_out();
    void record_end();

    WorkOfflineParts parts_;
    std::optional<OfflineSpell> spell_;
    Done recorded_;  // while an entry is on its way to the disk
    Timer over_;     // or, before that is known, the next look at the journal
};

}  // namespace tillkeeper::agent
