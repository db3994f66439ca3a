// Headquarters: a server of the cloud that wants to hear every now and then how the store does, with illnesses of its
// own; and how it is spoken to, held against what it asked for. [agent-107]
#pragma once

#include <optional>
#include <string>

#include "platform/http.h"
#include "platform/random.h"
#include "tests/simulation/promises.h"
#include "tests/simulation/trace.h"
#include "tests/simulation/virtual_time.h"

namespace tillkeeper::simulation {

class Headquarters {
  public:
    struct Parts {
        Schedule& schedule;
        Random& random;
        Promises& promises;
        Trace& trace;
    };
    // `every`: how often it is to be spoken to; zero: never.
    Headquarters(Parts parts, Duration every) : parts_(parts), every_(every) {}

    [[nodiscard]] static bool is(const std::string& url);
    // Answers so until then.
    void falls_ill(Random& random, Duration until);
    void heal() { ill_until_ = {}; }

    // As the network sees it.
    void sent();
    [[nodiscard]] HttpResponse serve(const HttpRequest& request);
    void heard(const HttpResponse& response);
    void box_died();

    // The newest word says that all is well, and that nothing waits.
    [[nodiscard]] bool knows_all_is_well() const { return calm_; }
    void forget() { calm_ = false; }
    [[nodiscard]] bool listens() const { return every_ > Duration{}; }
    [[nodiscard]] bool gone() const { return ill_until_ == Duration::max(); }
    // So long it may take until it hears the next one when nothing is wrong any more.
    [[nodiscard]] Duration patience() const;

    static constexpr const char* kUrl = "https://headquarters.cloud.example/stores";

  private:
    void check_word(const std::string& body);
    [[nodiscard]] Duration now() const { return parts_.schedule.clock.since_start(); }

    Parts parts_;
    Duration every_;
    int status_ = 200;
    bool asks_to_wait_ = false;
    Duration ill_until_{};
    bool under_way_ = false;
    std::optional<Duration> last_sent_;  // by this process
    Duration wait_until_{};              // it was told so
    bool calm_ = false;
};

}  // namespace tillkeeper::simulation
