// Promises: a small model of what must always be true, fed by what can be seen from outside: what tills hand over and
// hear, what cloud systems get, and at the end what stands in the journal. It shares no code with what it judges.
//
// The first broken promise is kept and ends the story.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "storage/journal_reader.h"
#include "tests/e2e/json.h"
#include "tests/simulation/sale.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/virtual_time.h"

namespace tillkeeper::simulation {

// One transaction as a system got it.
struct Delivered {
    std::string system;
    std::string id;
    std::string till;
    std::int64_t number = 0;  // of the journal
    std::string body;         // canonical
};

// What a till hears of what it handed over.
struct Told {
    const Sale& sale;
    Duration handed_over_at;
    std::string outcome;
    std::int64_t number = 0;  // of the journal
};

class Promises {
    static constexpr Duration kExcuseLasts = std::chrono::seconds(40);  // recovery backs off up to half a minute

  public:
    Promises(const VirtualClock& clock, Trace& trace) : clock_(clock), trace_(trace) {}

    [[nodiscard]] const std::string& first_broken() const { return broken_; }
    void broken(std::string what);
    void check(bool holds, std::string_view what) {
        if (!holds) broken(std::string(what));
    }

    // Ownership of all sales; addresses stay.
    Sale& add(Sale sale);
    [[nodiscard]] std::deque<Sale>& sales() { return sales_; }
    [[nodiscard]] Sale* with_id(const std::string& id);  // the first one with that id
    [[nodiscard]] Sale* with_key(const std::string& key);
    // What the box thinks of its clock at this moment.
    std::function<std::set<bool>()> clock_trust = [] { return std::set<bool>{true}; };
    // Somebody else has something to say about it.
    std::function<void(const Told&)> on_told = [](const Told&) {};
    // The intake may be closed at this moment: `busy` is a good answer.
    std::function<bool()> closed = [] { return false; };
    // The sale of that id whose content this is, as it was handed over or as a person repaired it.
    [[nodiscard]] Sale* version(const std::string& system, const std::string& id, const std::string& body);
    void subscribe(std::string system, std::set<std::string> types) { systems_[std::move(system)] = std::move(types); }
    [[nodiscard]] bool wants(const std::string& system, const Sale& sale) const;
    [[nodiscard]] const std::map<std::string, std::set<std::string>>& systems() const { return systems_; }

    // Storage is in trouble until then: tills may be refused for now, and answers may be late.
    void excuse_storage(Duration until) { excused_until_ = std::max(excused_until_, until); }
    // The same for a disk without room, which has an answer of its own.
    void excuse_full_disk(Duration until) { full_until_ = std::max(full_until_, until); }
    [[nodiscard]] bool disk_was_full() const { return full_until_ > Duration{}; }
    [[nodiscard]] bool disk_ever_failed() const { return disk_was_full() || excused_until_ > Duration{}; }
    // The daemon takes only few at a time in this story: `busy` is a good answer at any time.
    void excuse_busy() { busy_is_fine_ = true; }
    // It gets live sales before a backlog.
    void excuse_order(std::string_view system) { unordered_ = system; }
    [[nodiscard]] bool ordered(std::string_view system) const { return system != unordered_; }
    // Told sales younger than this may not have been pruned.
    void keep_for(Duration retention) { retention_ = retention; }
    // Syncs lied: what was told may be gone. Physics; all that is still promised is that nothing is invented.
    void disk_lied() { lossy_ = true; }
    [[nodiscard]] bool lossy() const { return lossy_; }

    // The bus at the daemon's door.
    void handed_over(const std::string& till, Sale& sale);
    void connection_lost();  // nobody waits for answers any more
    void answered(const std::string& till, const std::string& key, const std::string& payload);
    // A till that waits for an answer; "" when none does.
    [[nodiscard]] std::string unanswered() const;

    // A system got it; `took_effect`: and has done for the first time what it says.
    // The system gave it this number, and says so with each answer.
    void booked(const Delivered& what, const std::string& document) { documents_[{what.system, what.id}] = document; }
    // The system gave a draft of it that number; that counts until it is booked.
    void drafted(const std::string& system, const std::string& id, const std::string& draft) {
        drafts_.insert({system, id, draft});
    }
    void delivered(const Delivered& what, bool took_effect);
    void rejected(const Delivered& what);
    // Until a person decided about it, or about what it refers to: its place in the order was lost meanwhile.
    [[nodiscard]] bool had_to_wait(const Sale& sale) const;
    void choked_on(const Delivered& what);  // it fails as a whole because of this one
    // A system got it, whatever it does with it then.
    void arrived(const Delivered& what);
    // Those in quarantine that nobody was ever shown.
    [[nodiscard]] std::string unseen() const;

    // Told sales that a system has not got although it should have. `but_held`: without those that it holds by right.
    [[nodiscard]] std::vector<std::string> missing_at(const std::string& system, bool but_held) const;
    [[nodiscard]] bool done_at(const std::string& system, const Sale& sale) const;
    [[nodiscard]] bool excused() const {
        return clock_.since_start() < std::max(excused_until_, full_until_) + kExcuseLasts;
    }
    [[nodiscard]] bool held_by_right(const std::string& system, const Sale& sale) const;
    void audit(storage::JournalReader& reader);
    // `first` is the oldest number that is still there.
    void check_young(std::int64_t first);
    // Delivered entries may be pruned, and what is handed over again afterwards is new.
    void may_forget() { forgetful_ = true; }
    [[nodiscard]] bool forgetful() const { return forgetful_; }

  private:
    struct HandedOver {
        Sale* sale;
        Duration at;
        Duration charged;
    };
    // Accepted so long ago that it may be pruned: handed over again it is accepted as if for the first time.
    [[nodiscard]] bool may_be_new(const Sale& sale) const;
    void told_stored(Sale& sale, const std::string& outcome, std::int64_t number);
    void check_explained(const lab::Json& answer);
    void told_refused(const Sale& sale, const std::string& problem);
    void own(std::int64_t number, const Sale& sale);
    void check_order(const Delivered& what, Sale& sale);
    void check_dependence(const Delivered& what, const Sale& sale);
    void audit_entry(const storage::Entry& entry);
    void audit_bookings(storage::JournalReader& reader, const storage::Entry& entry);
    void audit_link(const storage::Entry& entry);

    const VirtualClock& clock_;
    Trace& trace_;
    std::string broken_;
    std::string unordered_;
    std::deque<Sale> sales_;
    std::map<std::string, std::vector<Sale*>> by_id_;
    std::map<std::int64_t, const Sale*> number_owner_;
    std::map<std::string, std::set<std::string>> systems_;                  // types; empty: all
    std::map<std::string, std::deque<HandedOver>> waiting_;                 // by till
    std::map<std::pair<std::string, std::string>, std::int64_t> newest_;    // by system and till
    std::map<std::pair<std::string, std::string>, std::string> content_;    // by system and id: the body it came with
    std::map<std::pair<std::string, std::string>, std::string> documents_;  // by system and id
    std::set<std::array<std::string, 3>> drafts_;                           // system, id, number
    std::set<std::int64_t> audited_;
    std::string link_;  // the hash of the entry before
    Duration excused_until_{};
    Duration full_until_{};
    Duration retention_ = std::chrono::hours(24 * 90);
    bool busy_is_fine_ = false;
    bool lossy_ = false;
    bool forgetful_ = false;
};

}  // namespace tillkeeper::simulation
