// contract-facts: what the agent's code says about the till bus, as JSON, for facts_test.js to compare with the
// document.
// `--messages FILE` appends one message at least of every kind, made by that code. `--answer` answers each line of
// standard input as if a till had handed it over, the first that it ever did.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <iterator>

#include "agent/bus/till_bus.h"
#include "agent/bus/topics.h"
#include "agent/contract/problem.h"
#include "agent/contract/transaction.h"
#include "agent/lookups/lookup_desk.h"
#include "agent/loyalty/redemption_desk.h"
#include "agent/tills/till_presence.h"
#include "tests/contract/desk.h"
#include "tests/contract/limits.h"
#include "tests/contract/lookup_samples.h"
#include "tests/contract/message_file.h"
#include "tests/contract/redemption_samples.h"
#include "tests/contract/samples.h"

namespace {

using namespace tillkeeper;

template <typename Words, typename Spell>
std::string list(const Words& words, Spell spell) {
    std::string out = "[";
    for (const auto& word : words) {
        if (out.size() > 1) out += ',';
        out += agent::quoted(spell(word));
    }
    return out + ']';
}

std::string facts() {
    const auto itself = [](std::string_view word) { return word; };
    std::string out = R"({"problem_types":)" + list(agent::kProblemTypes, itself);
    out += R"(,"refusals":)" + list(agent::kRefusals, [](agent::Refusal refusal) { return to_string(refusal); });
    out += R"(,"lookup_refusals":)" +
           list(agent::kLookupRefusals, [](agent::LookupRefusal refusal) { return to_string(refusal); });
    out += R"(,"lookup_records_max":)" + std::to_string(agent::kLookupRecordsMax);
    out += R"(,"heard_topics":)" + list(std::array{agent::TillBus::kFilters[0], agent::LookupDesk::kFilter,
                                                   agent::RedemptionDesk::kFilter, agent::TillPresence::kFilter},
                                        itself);
    out += R"(,"replies_topic":)" + agent::quoted(agent::replies_topic("{till}"));
    out += R"(,"status_topic":)" + agent::quoted(agent::kStatusTopic);
    out += R"(,"root":)" + agent::quoted(agent::kRoot);
    out += R"(,"limits":{)";
    for (const auto& [name, value] : contract::limits_of_the_agent()) {
        if (out.back() != '{') out += ',';
        out += agent::quoted(name) + ':' + std::to_string(value);
    }
    return out + "}}";
}

int write_messages(const std::string& path) {
    auto file = contract::MessageFile::open(path);
    auto messages = contract::sample_messages();
    std::ranges::move(contract::lookup_samples(), std::back_inserter(messages));
    std::ranges::move(contract::redemption_samples(), std::back_inserter(messages));
    for (const auto& message : messages) {
        if (!file) break;
        if (auto added = file->add(message, "samples"); !added) file = std::unexpected(added.error());
    }
    if (!file) std::cerr << "contract-facts: " << file.error().message << '\n';
    return file ? 0 : 1;
}

void answer_lines() {
    for (std::string line; std::getline(std::cin, line);) {
        contract::Desk desk;
        std::cout << desk.hand_over({.payload = line}).payload << '\n';
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::string messages;
    bool answering = false;
    CLI::App app("Tells what the agent's code says about the till bus.", "contract-facts");
    app.add_option("--messages", messages, "append one message of every kind to this file");
    app.add_flag("--answer", answering, "answer the lines of standard input instead");
    CLI11_PARSE(app, argc, argv);
    if (answering) return answer_lines(), 0;
    std::cout << facts() << std::endl;
    return messages.empty() ? 0 : write_messages(messages);
}
