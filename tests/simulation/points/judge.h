// Judge: what must always be true of look-ups and points, fed by what tills ask and hear, and at the end by what the
// engine has booked and what stands in the journals. Shares no code with what it judges.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "platform/mqtt.h"
#include "storage/journal_reader.h"
#include "tests/e2e/json.h"
#include "tests/simulation/points/points_cloud.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/virtual_time.h"

namespace tillkeeper::simulation {

// What a customer wants to pay with points, or earns by a sale, however often a till says so.
struct Wish {
    std::size_t store = 0;
    std::string transaction;
    std::string member;
    std::int64_t points = 0;
    bool earns = false;
    std::int64_t sequence = 0;  // of a sale, once it was handed over
    bool settled = false;       // a till has heard yes or no
    bool left_alone = false;    // asked once more after that, and the daemon died: nobody asks again
};

enum class Topic : std::uint8_t { kRedemption, kSale, kMember, kCatalogue };

// One message of a till.
struct Question {
    std::size_t store = 0;
    Topic topic = Topic::kMember;
    std::string key;     // Correlation Data and request_id
    std::string text;    // what is looked up
    bool known = false;  // the cloud has it
    Wish* wish = nullptr;
    int handed_over = 0;
    int answers = 0;
    int waits = 0;  // for so many answers
    Duration since{};
    Duration charged{};  // by then
    int owed = 0;        // answers, since `unknown` was said so often
};

// Of one store.
struct StoreFacts {
    const VirtualClock* clock = nullptr;
    std::function<std::uint64_t()> boot;  // counts power cuts
    bool clock_fine = true;               // it never jumped
    bool down = false;                    // what is asked now is lost
    Duration excused_until{};
    std::size_t newest = 0;  // generation of articles that it told
    std::uint64_t newest_boot = 0;
};

struct Rules {
    std::int64_t allowance_member = 0;
    std::int64_t allowance_store = 0;
    Duration redemption_deadline{};
    Duration fresh{};
};

class Judge {
  public:
    Judge(PointsCloud& cloud, Trace& trace, Rules rules) : cloud_(cloud), trace_(trace), rules_(rules) {}

    [[nodiscard]] const std::string& first_broken() const { return broken_; }
    void broken(Duration now, std::string what);

    std::size_t add_store(StoreFacts facts);
    [[nodiscard]] StoreFacts& store(std::size_t index) { return stores_[index]; }
    Wish& wish(Wish wish);
    [[nodiscard]] std::deque<Wish>& wishes() { return wishes_; }
    Question& ask(Question question);
    [[nodiscard]] Question* question(const std::string& key);

    // The bus at a daemon's door.
    void handed_over(std::size_t store, const std::string& key);
    void said(std::size_t store, const MqttMessage& message, bool connected);
    void connection_lost(std::size_t store);

    // "" when everything that was asked is answered and booked.
    [[nodiscard]] std::string unsettled() const;
    [[nodiscard]] std::uint64_t asked() const { return questions_.size(); }
    void audit(std::size_t store, storage::JournalReader& reader);
    [[nodiscard]] std::uint64_t approved() const { return approved_.size(); }

  private:
    struct Approval {
        std::string id;
        std::int64_t points = 0;
        std::size_t store = 0;
        Duration told{};
    };
    // What stands in one store's journal.
    struct Audited {
        struct Allowed {
            std::string id;
            std::string member;
            std::int64_t points = 0;
            Duration told{};
        };
        std::size_t store = 0;
        std::map<std::string, std::int64_t> of_lease;  // what was spent
        std::set<std::string> returned;                // leases
        std::set<std::string> redemptions;
        std::set<std::string> rows;    // of reconciliation: which redemptions they are about
        std::vector<Allowed> allowed;  // without a lease, and told
    };
    [[nodiscard]] Duration now(std::size_t store) const { return stores_[store].clock->since_start(); }
    void check(bool holds, std::size_t store, const std::string& what) {
        if (!holds) broken(now(store), what);
    }
    void check_in_time(const Question& question);
    void redemption_said(const Question& question, const lab::Json& answer);
    void sale_said(const Question& question, const lab::Json& answer);
    void approved_said(const Question& question, const lab::Json& answer);
    void lookup_said(Question& question, const lab::Json& answer, bool connected);
    void check_member(const Question& question, const lab::Json& answer);
    void check_catalogue(const Question& question, const lab::Json& answer);
    void check_age(const Question& question, const lab::Json& answer);
    void audit_redemption(const storage::Entry& entry, Audited& seen);
    void audit_return(const storage::Entry& entry, Audited& seen);
    void audit_allowance(const Audited& seen);
    [[nodiscard]] std::string unbooked() const;
    [[nodiscard]] std::string unbalanced() const;
    [[nodiscard]] std::int64_t reserved(const std::string& member) const;

    PointsCloud& cloud_;
    Trace& trace_;
    Rules rules_;
    std::string broken_;
    std::deque<StoreFacts> stores_;
    std::deque<Wish> wishes_;
    std::deque<Question> questions_;
    std::map<std::pair<std::string, std::string>, Approval> approved_;  // by transaction and member
};

}  // namespace tillkeeper::simulation
