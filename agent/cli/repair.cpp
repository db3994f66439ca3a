#include "agent/cli/repair.h"

#include <fstream>
#include <iostream>
#include <iterator>

#include "agent/cli/json_patch.h"
#include "agent/cli/json_view.h"
#include "agent/config/secret_file.h"
#include "agent/contract/problem.h"

namespace tillkeeper::cli {
namespace {

struct Free {
    void operator()(char* text) const { cJSON_free(text); }
};

}  // namespace

std::string decision_body(const DecisionText& text, const std::string& transaction) {
    using agent::quoted;
    return "{\"destination\":" + quoted(text.destination) + ",\"who\":" + quoted(text.who) +
           ",\"why\":" + quoted(text.why) + (transaction.empty() ? "" : ",\"transaction\":" + transaction) + '}';
}

Result<std::string> patched_transaction(const std::string& entry_document, const std::string& patch) {
    JsonDocument document(entry_document);
    const JsonDocument changes(patch);
    auto* entry = cJSON_GetObjectItemCaseSensitive(document.node(), "entry");
    auto* transaction = cJSON_GetObjectItemCaseSensitive(entry, "transaction");
    if (!cJSON_IsObject(transaction)) return fail(ErrorCode::kInvalid, "that entry holds no transaction to patch");
    if (auto applied = apply_json_patch(transaction, changes.root().node()); !applied)
        return std::unexpected(applied.error());
    const std::unique_ptr<char, Free> printed(cJSON_PrintUnformatted(transaction));
    return std::string(printed ? printed.get() : "");
}

Result<std::string> argument_or_file(const std::string& argument) {
    if (!argument.starts_with('@')) return argument;
    if (argument == "@-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
    return agent::read_config_file(argument.substr(1), false);
}

}  // namespace tillkeeper::cli
