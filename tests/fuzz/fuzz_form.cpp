// A form as it came, and the transaction that it changes. [agent-53] [agent-54]
//
// Input: the first line is the form, the rest the transaction.
#include <algorithm>
#include <string>

#include "agent/staff/transaction_form.h"
#include "sync/url_template.h"
#include "sync/utf8.h"
#include "tests/fuzz/document.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"

using namespace tillkeeper;
using fuzz::require;
using fuzz::require_same;

namespace {

void check_text(std::string_view text) {
    require(sync::is_utf8(text), "a form's text is UTF-8");
    require(std::ranges::none_of(text, [](unsigned char c) { return c < ' ' && c != '\t' && c != '\r' && c != '\n'; }),
            "a form's text has no control characters");
}

void check_form(const agent::FormFields& form) {
    require(form.size() <= agent::kFormFieldsMax, "a form has its limit");
    std::string again;
    for (const auto& [name, value] : form) {
        check_text(name);
        check_text(value);
        again += (again.empty() ? "" : "&") + sync::percent_encoded(name) + '=' + sync::percent_encoded(value);
    }
    require(agent::read_form(again) == form, "sent again it is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto form = agent::read_form(input.line());
    const std::string transaction(input.rest());
    if (form) check_form(*form);
    const auto shown = agent::form_of(transaction);
    if (!shown) return 0;
    const auto plain = agent::edited(transaction, {}).json;
    require(fuzz::is_json(plain), "a transaction that is written again is JSON");
    agent::FormFields unchanged;
    const auto groups = agent::form_of(plain);
    require(groups.has_value(), "and a form as before");
    for (const auto& group : *groups)
        for (const auto& each : group.values) unchanged[each.pointer] = each.value;
    require_same(plain, agent::edited(plain, {}).json, "what is not changed stays");
    require(fuzz::is_json(agent::edited(plain, unchanged).json), "sent back as shown it is JSON");
    if (!form) return 0;
    const auto changed = agent::edited(transaction, *form);
    require(fuzz::is_json(changed.json), "a changed transaction is JSON");
    for (const auto& each : changed.no_numbers) require(form->contains(each), "only fields of the form are wrong");
    return 0;
}
