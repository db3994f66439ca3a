// The pages that are for one thing: signing in, settling one transaction, printing it. Pure, as the view is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/page/facts.h"
#include "agent/page/held_facts.h"
#include "agent/page/words.h"
#include "agent/staff/form.h"
#include "agent/work_offline.h"

namespace tillkeeper::agent {

struct SignInSheet {
    std::string_view said;  // key of what the person must know first; "" for nothing
    Duration wait{};        // with "sign_in.wait"
    std::string name;       // as it was typed
    std::string next;       // where to go on
};
[[nodiscard]] std::string render_sign_in(const PageFacts& facts, const Words& words, const SignInSheet& sheet);

// What came back from a person, where it could not be done.
struct HeldFault {
    std::string_view said;                 // key; "" for nothing
    std::vector<PointedProblem> problems;  // of the repaired transaction
    std::vector<std::string> no_numbers;   // pointers of fields
    FormFields typed;
};
[[nodiscard]] std::string render_held(const PageFacts& facts, const Words& words, const HeldFacts& held,
                                      const HeldFault& fault);
[[nodiscard]] std::string render_held_print(const PageFacts& facts, const Words& words, const HeldFacts& held);
struct OfflineSheet {
    std::optional<OfflineSpell> spell;  // it lasts
    std::string_view said;              // key of what went wrong; "" for nothing
    std::string why;                    // as it was typed
};
[[nodiscard]] std::string render_offline(const PageFacts& facts, const Words& words, const OfflineSheet& sheet);
// One sentence and the way back.
[[nodiscard]] std::string render_message(const PageFacts& facts, const Words& words, std::string_view key);

// "Line 4, Amount" for "/lines/3/amount"; names that the contract does not know as they are.
[[nodiscard]] std::string place_name(const Words& words, std::string_view pointer);
// What it is called, and why it waits.
[[nodiscard]] std::string held_name(const Words& words, const HeldFacts& held);
[[nodiscard]] std::vector<std::string> held_reasons(const Words& words, const HeldFacts& held);

}  // namespace tillkeeper::agent
