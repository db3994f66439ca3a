// Feed: a collection of the cloud as stores pull it: pages of changes since a cursor. What changes while somebody reads
// comes once more with the next pull.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "platform/clock.h"

namespace tillkeeper::simulation {

struct FeedQuestion {
    std::string cursor;      // "": all of it
    std::string page;        // "": the first
    bool yesterday = false;  // the cloud hands out a cursor that is older than what it says
};

class Feed {
  public:
    void set(const std::string& key, std::string record) { rows_[key] = {std::move(record), ++version_}; }
    void remove(const std::string& key) { rows_[key] = {"", ++version_}; }
    [[nodiscard]] const std::string* find(const std::string& key) const;  // null: not there
    [[nodiscard]] std::string page(const FeedQuestion& asked) const;

  private:
    struct Row {
        std::string record;  // "": removed
        std::uint64_t version = 0;
    };
    std::map<std::string, Row> rows_;
    std::uint64_t version_ = 1;
};

// Articles that all change at once: whoever sees two of them of different generations, or not all of one, sees half of
// a change.
class Catalogue {
  public:
    Catalogue() { change(3, Duration{}); }
    void change(std::size_t articles, Duration now) { generations_.push_back({articles, now}); }
    // "" when the cursor or page is older than what the cloud remembers.
    [[nodiscard]] std::string page(const FeedQuestion& asked, std::size_t remembered) const;
    [[nodiscard]] std::size_t newest() const { return generations_.size() - 1; }
    [[nodiscard]] std::size_t articles(std::size_t generation) const { return generations_[generation].articles; }
    [[nodiscard]] std::size_t at(Duration when) const;  // the generation of that moment

  private:
    struct Generation {
        std::size_t articles;
        Duration since;
    };
    std::vector<Generation> generations_;
};

}  // namespace tillkeeper::simulation
