// Cloud: a login service and some business systems, each with illnesses of its own. They deduplicate by event id, as
// any system that money goes into does; everything else that real ones do wrong, they do.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/http.h"
#include "platform/random.h"
#include "tests/cloud/dpop_judge.h"
#include "tests/cloud/gunzip.h"
#include "tests/simulation/pace.h"
#include "tests/simulation/promises.h"
#include "tests/simulation/told_times.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/virtual_time.h"

namespace tillkeeper::simulation {

enum class Illness : std::uint8_t {
    kWell,
    kUnavailable,    // 503
    kAsksToWait,     // 503 with Retry-After
    kTooMany,        // 429 with Retry-After
    kFlaky,          // 500 half of the time
    kTakesAndFails,  // 500 after taking everything
    kTakesHalf,      // 500 after taking the first half
    kSaysHalf,       // 207: some taken, some to be sent again
    kMoved,          // 302
    kNotFound,       // 404
    kForbidden,      // 403
    kGarbage,        // 200 and an HTML page, nothing taken
    kEmptyNames,     // 200 and an answer that names nothing, nothing taken (only where items must be named)
    kForgetsLogin,   // 401, now and then
    kChokes,         // 500 for whatever holds one certain transaction
};
inline constexpr std::size_t kIllnesses = 15;
[[nodiscard]] std::string_view name_of(Illness illness);

struct System {
    std::string name;
    bool by_item = false;     // its answers name each item
    bool one_by_one = false;  // REST: one transaction per request
    bool by_steps = false;    // and several requests for it, see cloud_steps.cpp
    bool binds = false;       // takes only tokens that are bound to a key, see cloud_login.cpp
    Illness illness = Illness::kWell;
    Duration ill_until{};
    std::string chokes_on;
    const Sale* choked = nullptr;                    // that one
    bool passed = false;                             // by a later one of its till
    std::set<std::string> said_again;                // ids that a partial answer left over
    std::map<std::string, std::string> taken;        // by event id: the body that took effect
    std::map<std::string, std::string> documents;    // by event id: under which number it was booked
    std::map<std::string, std::string> keys;         // Idempotency-Key: the ids that came under it
    std::map<std::string, Duration> found_from;      // by event id: since when its search tells of it
    std::uint64_t drafts = 0;                        // made so far
    std::map<std::string, std::string> drafts_used;  // by event id: which one a request spoke of
    Duration wait_until{};                           // it asked not to be asked before
    Duration told_to_wait_at = Duration::max();
    Pace pace;  // of the box, while it reaches nobody
    cloud::DpopJudge proofs;
    int challenges = 0;  // in a row that asked for a nonce and got one
};

class Cloud {
  public:
    Cloud(Schedule& schedule, Random& random, Trace& trace, Promises& promises)
        : schedule_(schedule), random_(random), trace_(trace), promises_(promises) {}
    [[nodiscard]] ToldTimes& times() { return times_; }

    System& add(System system) { return systems_[system.name] = std::move(system); }
    [[nodiscard]] std::map<std::string, System>& systems() { return systems_; }
    void require_login() { login_ = true; }
    void login_fails(int status, Duration until);
    void revoke_tokens() { tokens_.clear(); }
    void heal();
    // Something else than an outage decides when the box asks.
    void forget_paces();

    [[nodiscard]] HttpResponse serve(const HttpRequest& request, Duration sent_at);
    void sent(const HttpRequest& request);
    void heard(const HttpRequest& request, const HttpResponse& response);
    void box_died();  // what it was told and what it was asking for is forgotten

    static constexpr std::string_view kDomain = ".cloud.example/";

  private:
    struct Item {
        Delivered what;
        std::string poison;
    };
    [[nodiscard]] HttpResponse login(const HttpRequest& request);
    [[nodiscard]] HttpResponse new_token(std::string_view type, const std::string& key);
    [[nodiscard]] std::optional<HttpResponse> refusal(System& system, const HttpRequest& request);
    [[nodiscard]] cloud::DpopJudge::Verdict judge(cloud::DpopJudge& judge, const HttpRequest& request,
                                                  std::string_view token);
    void count_challenges(System& system, const HttpResponse& response);
    [[nodiscard]] HttpResponse take(System& system, const HttpRequest& request);
    [[nodiscard]] HttpResponse sick(System& system, const std::vector<Item>& items);
    [[nodiscard]] HttpResponse take_all(System& system, const std::vector<Item>& items);
    [[nodiscard]] HttpResponse take_some(System& system, const std::vector<Item>& items);
    [[nodiscard]] HttpResponse choke(System& system, const std::vector<Item>& items);
    [[nodiscard]] std::string name_items(std::vector<std::string> named);
    void effect(System& system, const Item& item);
    [[nodiscard]] std::string taken_as(System& system, const Item& item);  // the end of its answer
    [[nodiscard]] std::vector<Item> read(System& system, const HttpRequest& request);
    [[nodiscard]] HttpResponse step(System& system, const HttpRequest& request);
    [[nodiscard]] HttpResponse found(const System& system, const std::string& id) const;
    [[nodiscard]] HttpResponse drafted(System& system, const std::string& id);
    void check_draft(System& system, const HttpRequest& request);
    void check_single_file(System& system, const std::vector<Item>& items);
    void check_event(const lab::Json& event);
    void check_key(System& system, const HttpRequest& request, const std::vector<Item>& items);
    [[nodiscard]] Illness illness_of(const System& system) const;
    void note_left_over(System& system, const HttpResponse& response);
    void keep_pace(Pace& pace, const HttpResponse& response);
    [[nodiscard]] System* system_of(const HttpRequest& request);

    Schedule& schedule_;
    Random& random_;
    Trace& trace_;
    Promises& promises_;
    ToldTimes times_{schedule_.clock, promises_};
    cloud::Gunzip gunzip_;
    std::map<std::string, System> systems_;
    bool login_ = false;
    Duration died_at_{};
    bool from_the_dead_ = false;  // the request being served left a box that has died since
    int login_status_ = 0;
    Duration login_ill_until_{};
    struct Token {
        Duration until;
        std::string key;  // that it is bound to
    };
    std::map<std::string, Token> tokens_;
    cloud::DpopJudge proofs_;                  // of those who log in
    std::map<std::string, Pace> login_paces_;  // by client
    std::map<std::string, int> logging_in_;    // requests under way, by client
    std::uint64_t issued_ = 0;
};

}  // namespace tillkeeper::simulation
