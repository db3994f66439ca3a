// The account of a day: what the tills were told, what the journal holds, what took effect in the clouds, and the
// judge's word on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/crash/books.h"
#include "tests/e2e/lab.h"

namespace tillkeeper::crash {

struct Closing {
    lab::TillsTally tills;
    std::int64_t journal = 0;
    std::int64_t overtaken = 0;         // see books.h
    std::int64_t order_violations = 0;  // as the clouds count them, by the tills' own sequence
    std::int64_t erp = 0, oms = 0, crm = 0;
    std::int64_t repeated = 0;  // at all destinations: sent again, changed nothing
    Verdict verdict;

    // Everything sold is in the journal and took effect everywhere, the judge found nothing, and no cloud saw an order
    // other than the one in which it was handed over.
    [[nodiscard]] bool agrees() const;
    // "sold=… accepted=… … lost=0 duplicated=0 altered=0 invented=0 misordered=0"
    [[nodiscard]] std::string line() const;
};

// " name=value", as the last lines of the rigs are made of.
[[nodiscard]] std::string named(const char* name, std::int64_t value);

// No more sales; those that are under way are handed over until they are answered. Ends the tills.
[[nodiscard]] Result<lab::TillsTally> close_the_day(lab::Tills& tills, std::chrono::milliseconds limit);

// After close_the_day, with the agent running: waits until the clouds have everything, ends the agent by SIGTERM and
// compares. What is missing then is in the verdict; an error is what could not be compared.
[[nodiscard]] Result<Closing> take_account(lab::Lab& lab, const lab::Tills& tills, std::chrono::milliseconds limit);

// While the agent is dead: what the tills heard so far is on the disk, unaltered.
[[nodiscard]] Result<Verdict> look_into_journal(const lab::Lab& lab, const lab::Tills& tills);

}  // namespace tillkeeper::crash
