// The tills' own memory on disk: what was sold and what was answered, so that killed tills carry on where they were.
//
// One line per event, appended with one write() before the event has any effect; a torn last line is ignored. Safe
// against a kill of the process, not against a power cut: it is the agent that is under test here.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "platform/result.h"
#include "tests/till/answer.h"
#include "tests/till/kept_sales.h"
#include "tests/till/tally.h"

namespace tillkeeper::till {

class Outbox {
  public:
    struct Past {
        std::vector<std::int64_t> sold;              // per till: so many were taken from the source
        std::vector<std::vector<KeptSale>> waiting;  // per till: sold and not settled, in order
        Tally tally;
    };

    // Opens or creates. kInvalid when it tells of more tills than there are, or is something else.
    [[nodiscard]] static Result<Outbox> open(const std::string& path, std::size_t tills);

    [[nodiscard]] Past& past() { return past_; }
    void sold(std::size_t till, const KeptSale& sale);
    void settled(std::size_t till, const std::string& id, Outcome outcome);

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    Outbox() = default;
    void append(const std::string& line) const;
    [[nodiscard]] bool remember(const std::string& line);

    std::unique_ptr<std::FILE, Close> file_;
    Past past_;
};

}  // namespace tillkeeper::till
