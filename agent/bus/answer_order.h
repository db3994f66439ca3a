// A till's answers leave in the order in which it handed over, although refusals are known at once and acceptances
// only after the sync. Pure; one object for one till.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "platform/mqtt.h"

namespace tillkeeper::agent {

class AnswerOrder {
  public:
    using Place = std::uint64_t;

    // Takes the next place in the row.
    [[nodiscard]] Place take() {
        row_.emplace_back();
        return first_ + row_.size() - 1;
    }

    // Fills a place; returns everything that may leave now, in order.
    [[nodiscard]] std::vector<MqttMessage> fill(Place place, MqttMessage answer) {
        row_[static_cast<std::size_t>(place - first_)] = std::move(answer);
        std::vector<MqttMessage> ready;
        while (!row_.empty() && row_.front()) {
            ready.push_back(std::move(*row_.front()));
            row_.pop_front();
            ++first_;
        }
        return ready;
    }

    [[nodiscard]] std::size_t waiting() const { return row_.size(); }

  private:
    std::deque<std::optional<MqttMessage>> row_;
    Place first_ = 0;
};

}  // namespace tillkeeper::agent
