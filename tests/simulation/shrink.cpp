#include "tests/simulation/shrink.h"

#include <algorithm>

namespace tillkeeper::simulation {
namespace {

class Shrinker {
  public:
    Shrinker(Story story, std::string kind, int tries, const std::function<void(int, std::size_t)>& progress)
        : best_(std::move(story)), kind_(std::move(kind)), tries_(tries), progress_(progress) {}

    Story run() {
        for (std::size_t before = 0; before != best_.steps.size() && left();) {
            before = best_.steps.size();
            drop_steps();
        }
        simplify([](Story& story) { story.tills = 1; });
        simplify([](Story& story) { story.systems = 1; });
        simplify([](Story& story) { story.in_flight = 1; });
        simplify([](Story& story) { story.sealed = false; });
        simplify([](Story& story) { story.login = false; });
        simplify([](Story& story) { story.retention = {}; });
        simplify([](Story& story) { story.heartbeat = {}; });
        drop_steps();
        return best_;
    }

  private:
    [[nodiscard]] bool left() const { return done_ < tries_; }

    bool still_bad(const Story& story) {
        progress_(++done_, best_.steps.size());
        return kind_of(play(story, false).broken) == kind_;
    }

    // Halves, quarters, ... single steps.
    void drop_steps() {
        for (std::size_t chunk = std::max<std::size_t>(best_.steps.size() / 2, 1); left(); chunk /= 2) {
            for (std::size_t at = 0; at < best_.steps.size() && left();) {
                Story shorter = best_;
                const auto from = shorter.steps.begin() + static_cast<std::ptrdiff_t>(at);
                const auto count = std::min(chunk, shorter.steps.size() - at);
                shorter.steps.erase(from, from + static_cast<std::ptrdiff_t>(count));
                if (still_bad(shorter))
                    best_ = std::move(shorter);
                else
                    at += chunk;
            }
            if (chunk == 1) return;
        }
    }

    template <typename Change>
    void simplify(Change change) {
        Story simpler = best_;
        change(simpler);
        if (left() && still_bad(simpler)) best_ = std::move(simpler);
    }

    Story best_;
    std::string kind_;
    int tries_;
    int done_ = 0;
    const std::function<void(int, std::size_t)>& progress_;
};

}  // namespace

std::string kind_of(const std::string& broken) {
    return broken.substr(0, broken.find(':')).substr(0, 40);
}

Story shrink(Story story, const Ending& bad, int tries, const std::function<void(int, std::size_t)>& progress) {
    return Shrinker(std::move(story), kind_of(bad.broken), tries, progress).run();
}

}  // namespace tillkeeper::simulation
