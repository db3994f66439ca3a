// The judge of the kill storm: what the tills were answered against what the journal and the clouds hold. Pure values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tillkeeper::crash {

// What a till heard. Only outcomes that let it forget the sale.
struct Answered {
    std::string id;
    std::int64_t number = 0;
    std::string hash;
};

// One entry of the journal.
struct Recorded {
    std::int64_t number = 0;
    std::string hash;
    std::string id;
    std::string till;  // empty: the box wrote it about itself; no till was answered, and no cloud asked for it
    std::int64_t till_sequence = 0;
};

// One first effect at a destination, in the order in which they took effect.
struct Effect {
    std::string id;
    std::string till;
};

struct Verdict {
    std::int64_t lost = 0;                // answered, and not there
    std::int64_t duplicated = 0;          // there more than once
    std::int64_t altered = 0;             // there under another number or hash than was answered
    std::int64_t invented = 0;            // there, and never answered; or a number that follows no other
    std::int64_t misordered = 0;          // before an earlier one of its till
    std::vector<std::string> first = {};  // the first twenty, in words

    [[nodiscard]] bool clean() const { return lost + duplicated + altered + invented + misordered == 0; }
    void add(std::int64_t& count, std::string words);
    void add(const Verdict& other);
};

// Everything answered is there exactly once, under what was answered; numbers follow each other from 1.
// With `complete` there is nothing else either.
[[nodiscard]] Verdict judge_journal(const std::vector<Answered>& answers, const std::vector<Recorded>& journal,
                                    bool complete);

// Every entry took effect exactly once, each till's in the journal's order, and nothing else did.
[[nodiscard]] Verdict judge_cloud(const std::string& destination, const std::vector<Recorded>& journal,
                                  const std::vector<Effect>& effects);

// How many of them tills handed over.
[[nodiscard]] std::int64_t of_tills(const std::vector<Recorded>& journal);

// Entries that stand behind a later one of their till, by the till's own count. No fault of the journal: a sale that a
// kill caught unanswered is handed over again, behind those that its till had sent meanwhile.
[[nodiscard]] std::int64_t overtaken(const std::vector<Recorded>& journal);

}  // namespace tillkeeper::crash
