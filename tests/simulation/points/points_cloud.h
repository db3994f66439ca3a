// PointsCloud: the loyalty engine, the CRM that hears of everything, and the feeds, as several stores reach them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "platform/http.h"
#include "platform/random.h"
#include "tests/e2e/json.h"
#include "tests/simulation/points/engine.h"
#include "tests/simulation/points/feed.h"
#include "tests/simulation/trace.h"

namespace tillkeeper::simulation {

enum class PointsIllness : std::uint8_t {
    kWell,
    kLate,          // does what it is asked, and answers 5 s later
    kGarbage,       // 200 and an HTML page; nothing done
    kUnavailable,   // 503; nothing done
    kDoesAndFails,  // 500 after doing it
    kYesterday,     // feeds hand out a cursor older than what they say
    kForgets,       // feeds know no cursor any more: 410
    kNotFound,      // 404, and not from the service itself
};
inline constexpr std::size_t kPointsIllnesses = 8;
[[nodiscard]] std::string_view name_of(PointsIllness illness);

class PointsCloud {
  public:
    PointsCloud(Random& random, Trace& trace) : random_(random), trace_(trace) {}

    [[nodiscard]] Engine& engine() { return engine_; }
    [[nodiscard]] Catalogue& catalogue() { return catalogue_; }
    void fall_ill(PointsIllness illness, Duration until) {
        illness_ = illness;
        ill_until_ = until;
    }
    void heal() { ill_until_ = {}; }

    // Some redemptions are booked otherwise, and every answer about them says so.
    struct Otherwise {
        std::int64_t amount = 0;
        std::string row;  // the id of the store's word of it; "": not heard yet
    };
    [[nodiscard]] const std::map<std::string, Otherwise>& otherwise() const { return otherwise_; }

    // `now`: since the story began.
    [[nodiscard]] HttpResponse serve(const HttpRequest& request, Duration now);
    // How long it thinks before it answers.
    [[nodiscard]] Duration thinks(Duration now) const;

    static constexpr std::string_view kAddress = "https://points.example";

  private:
    [[nodiscard]] HttpResponse answer(const HttpRequest& request, Duration now);
    [[nodiscard]] HttpResponse redeem(const HttpRequest& request, Duration now);
    [[nodiscard]] HttpResponse take_events(const HttpRequest& request, Duration now);
    // What is said of this event in the answer.
    [[nodiscard]] std::string item(const std::string& id, const Booking* redemption);
    void hear_of_row(const lab::Json& row);
    [[nodiscard]] HttpResponse feed(std::string_view path, Duration now);
    [[nodiscard]] HttpResponse live(std::string_view path) const;
    [[nodiscard]] PointsIllness illness(Duration now) const {
        return now < ill_until_ ? illness_ : PointsIllness::kWell;
    }

    Random& random_;
    Trace& trace_;
    Engine engine_;
    Catalogue catalogue_;
    std::map<std::string, Otherwise> otherwise_;  // by redemption
    PointsIllness illness_ = PointsIllness::kWell;
    Duration ill_until_{};
};

}  // namespace tillkeeper::simulation
