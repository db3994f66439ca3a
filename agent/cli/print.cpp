#include "agent/cli/print.h"

#include <algorithm>
#include <cstdlib>

namespace tillkeeper::cli {
namespace {

std::string or_dash(std::string text) {
    return text.empty() ? "-" : text;
}

std::string destination_name(const std::string& name) {
    return name.empty() ? "quarantine" : name;
}

std::string quarantine_text(JsonView entry) {
    if (entry.text("kind") != "quarantined") return "";
    return entry.is_true("quarantined") ? "; quarantined: a person must look"
                                        : "; was quarantined, and a person has decided";
}

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += row[i];
            if (i + 1 < row.size()) out.append(widths[i] - row[i].size() + 2, ' ');
        }
        out += '\n';
    }
    return out;
}

std::string status_text(JsonView s) {
    const std::string cause = s.text("cause");
    std::string out = "Store " + s.text("store") + " is " + s.text("state") + " since " + s.text("since") +
                      (cause.empty() ? "" : " (" + cause + ")") + ".\n";
    out += s.is_true("accepting") ? "Tills can hand over sales. " : "Sales CANNOT be accepted now. ";
    out += s.text("safe") + " safe here and on the way, " + s.text("quarantined") + " quarantined, " + s.text("held") +
           " held" + (s.number("differences") > 0 ? ", " + s.text("differences") + " booked otherwise" : "") + ".\n\n";
    std::vector<std::vector<std::string>> rows{{"DESTINATION", "STATE", "BEHIND", "OLDEST", "HELD", "ETA"}};
    for (const auto& d : s.at("destinations").children()) {
        const std::string eta = d.text("eta_s");
        rows.push_back({d.name(), d.text("state") + (d.at("cause").exists() ? " (" + d.text("cause") + ")" : ""),
                        d.text("behind"), or_dash(d.text("oldest")), d.text("held"), eta.empty() ? "-" : eta + " s"});
    }
    return out + table(rows);
}

std::string queue_text(JsonView queue) {
    const auto items = queue.at("items").children();
    if (items.empty()) return "Nothing is held.\n";
    std::vector<std::vector<std::string>> rows{
        {"NUMBER", "WHERE", "STATE", "TILL", "RECEIPT", "TYPE", "SINCE", "REASON"}};
    for (const auto& i : items)
        rows.push_back({i.text("number"), destination_name(i.text("destination")), i.text("state"), i.text("till"),
                        or_dash(i.text("receipt")), i.text("type"), i.text("since"), or_dash(i.text("reason"))});
    return table(rows) + (queue.is_true("more") ? "There are more; use --after.\n" : "");
}

std::string differences_text(JsonView found) {
    const auto items = found.at("differences").children();
    if (items.empty()) return "No destination booked otherwise than this store.\n";
    std::vector<std::vector<std::string>> rows{
        {"NUMBER", "SINCE", "WHERE", "TRANSACTION", "TYPE", "CAUSE", "AMOUNT", "WORDS"}};
    for (const auto& i : items)
        rows.push_back({i.text("number"), i.text("since"), i.text("destination"), i.text("refers_to"),
                        i.text("transaction_type"), i.text("cause"), i.text("amount") + ' ' + i.text("unit"),
                        or_dash(i.text("detail"))});
    return table(rows) + (found.is_true("more") ? "There are more; use --after.\n" : "");
}

std::string entry_text(JsonView document) {
    const auto entry = document.at("entry");
    std::string out;
    for (const char* member : {"number", "kind", "till", "till_sequence", "transaction_id", "type", "receipt",
                               "business_day", "arrived_at", "hash"})
        out += table({{std::string(member) + ':', or_dash(entry.text(member))}});
    const auto problems = entry.at("problems");
    if (problems.at("decision").exists())
        out += "decision: " + problems.text("decision") + " by " + problems.text("who") + ": " + problems.text("why") +
               '\n';
    for (const auto& problem : problems.at("decision").exists() ? std::vector<JsonView>{} : problems.children())
        out +=
            "problem: " + problem.text("title") + ": " + problem.text("detail") + ' ' + problem.text("pointer") + '\n';
    for (const auto& held : document.at("held").children())
        out += "held at " + destination_name(held.text("destination")) + " since " + held.text("since") + ": " +
               held.text("reason") + '\n';
    struct Free {
        void operator()(char* text) const { cJSON_free(text); }
    };
    const std::unique_ptr<char, Free> body(cJSON_Print(entry.at("transaction").node()));
    return out + (body ? std::string(body.get()) + '\n' : "");
}

std::string found_text(JsonView found) {
    const auto entries = found.at("found").children();
    if (entries.empty()) return "Not found in this store's journal.\n";
    std::string out;
    for (const auto& e : entries) {
        const auto receipt = e.text("receipt");
        out += (receipt.empty() ? "Transaction " + e.text("transaction_id") : "Receipt " + receipt) + " (" +
               e.text("type") + ", till " + e.text("till") + ") is safe on this box since " + e.text("arrived_at") +
               " under number " + e.text("number") + quarantine_text(e) + ".\n";
        for (const auto& d : e.at("destinations").children()) {
            const auto document = e.at("documents").text(d.name().c_str());
            out += "  " + d.name() + ": " + d.text() + (document.empty() ? "" : " as " + document) + '\n';
        }
    }
    return out;
}

std::string verification_text(JsonView v) {
    if (v.is_true("whole"))
        return "The chain is whole: " + v.text("entries") + " entries, head " + v.text("head") + ".\n";
    return "The chain is BROKEN at number " + v.text("first_bad") + ": " + v.text("problem") +
           "\nEverything before it proves itself. Keep a copy of the journal folder and call support.\n";
}

}  // namespace tillkeeper::cli
