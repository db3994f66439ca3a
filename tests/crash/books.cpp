#include "tests/crash/books.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace tillkeeper::crash {
namespace {

constexpr std::size_t kWordsMax = 20;

}  // namespace

void Verdict::add(std::int64_t& count, std::string words) {
    ++count;
    if (first.size() < kWordsMax) first.push_back(std::move(words));
}

void Verdict::add(const Verdict& other) {
    lost += other.lost;
    duplicated += other.duplicated;
    altered += other.altered;
    invented += other.invented;
    misordered += other.misordered;
    for (const auto& words : other.first)
        if (first.size() < kWordsMax) first.push_back(words);
}

Verdict judge_journal(const std::vector<Answered>& answers, const std::vector<Recorded>& journal, bool complete) {
    Verdict verdict;
    std::unordered_map<std::string, const Recorded*> by_id;
    std::int64_t expected = 1;
    for (const auto& entry : journal) {
        if (entry.number != expected)
            verdict.add(verdict.invented,
                        "number " + std::to_string(entry.number) + " follows " + std::to_string(expected - 1));
        expected = entry.number + 1;
        if (!by_id.emplace(entry.id, &entry).second)
            verdict.add(verdict.duplicated, entry.id + " is in the journal again as " + std::to_string(entry.number));
    }
    std::set<std::string> answered;
    for (const auto& answer : answers) {
        const bool is_new = answered.insert(answer.id).second;
        const auto found = by_id.find(answer.id);
        if (found == by_id.end()) {
            if (is_new) verdict.add(verdict.lost, answer.id + " was answered and is not in the journal");
        } else if (found->second->number != answer.number || found->second->hash != answer.hash) {
            verdict.add(verdict.altered, answer.id + " was answered as " + std::to_string(answer.number) + " and is " +
                                             std::to_string(found->second->number));
        }
    }
    if (!complete) return verdict;
    for (const auto& entry : journal)
        if (!entry.till.empty() && !answered.contains(entry.id))
            verdict.add(verdict.invented, entry.id + " is in the journal and no till was answered");
    return verdict;
}

Verdict judge_cloud(const std::string& destination, const std::vector<Recorded>& journal,
                    const std::vector<Effect>& effects) {
    Verdict verdict;
    std::unordered_map<std::string, const Recorded*> by_id;
    for (const auto& entry : journal) by_id.emplace(entry.id, &entry);
    std::set<std::string> seen;
    std::map<std::string, std::int64_t> highest;  // number, by till
    for (const auto& effect : effects) {
        const auto found = by_id.find(effect.id);
        if (found == by_id.end()) {
            verdict.add(verdict.invented, effect.id + " took effect at " + destination + " and is not in the journal");
            continue;
        }
        if (!seen.insert(effect.id).second)
            verdict.add(verdict.duplicated, effect.id + " took effect twice at " + destination);
        auto& before = highest[found->second->till];
        if (found->second->number < before)
            verdict.add(verdict.misordered, effect.id + " took effect late at " + destination);
        before = std::max(before, found->second->number);
    }
    for (const auto& entry : journal)
        if (!entry.till.empty() && !seen.contains(entry.id))
            verdict.add(verdict.lost, entry.id + " did not take effect at " + destination);
    return verdict;
}

std::int64_t of_tills(const std::vector<Recorded>& journal) {
    return std::ranges::count_if(journal, [](const Recorded& entry) { return !entry.till.empty(); });
}

std::int64_t overtaken(const std::vector<Recorded>& journal) {
    std::int64_t count = 0;
    std::map<std::string, std::int64_t> highest;
    for (const auto& entry : journal) {
        const auto [before, is_first] = highest.emplace(entry.till, entry.till_sequence);
        if (!is_first && entry.till_sequence < before->second) ++count;
        before->second = std::max(before->second, entry.till_sequence);
    }
    return count;
}

}  // namespace tillkeeper::crash
