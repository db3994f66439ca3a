#include "agent/cli/print.h"

#include <algorithm>
#include <cstdlib>

#include "agent/cli/plain_words.h"
#include "agent/cli/printable.h"
#include "platform/clock.h"

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

std::string in_words(std::string state) {
    std::ranges::replace(state, '_', ' ');
    return state;
}

// The transaction as a till wrote it, but line by line printable.
std::string body_lines(std::string_view body) {
    std::string out;
    while (!body.empty()) {
        const auto line = body.substr(0, body.find('\n'));
        const auto text = line.substr(std::min(line.size(), line.find_first_not_of('\t')));
        out.append(line.size() - text.size(), '\t').append(printable(text)).append(1, '\n');
        body.remove_prefix(std::min(body.size(), line.size() + 1));
    }
    return out;
}

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
    }
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += row[i];
            if (i + 1 < row.size()) out.append(widths[i] - columns(row[i]) + 2, ' ');
        }
        out += '\n';
    }
    return out;
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

std::string outages_text(JsonView found) {
    const auto items = found.at("outages").children();
    if (items.empty()) return "No outage is in this store's journal.\n";
    std::vector<std::vector<std::string>> rows{{"FROM", "UNTIL", "LASTED", "WHAT", "CAUSE", "SALES", "WHERE"}};
    for (const auto& o : items) {
        const auto from = parse_rfc3339(o.text("from"));
        const auto until = parse_rfc3339(o.text("until"));
        std::string where;
        for (const auto& each : o.at("destinations").children()) where += (where.empty() ? "" : ", ") + each.name();
        using Seconds = std::chrono::seconds;
        rows.push_back(
            {o.text("from"), until ? o.text("until") : "goes on",
             from && until ? time_in_words(std::chrono::duration_cast<Seconds>(*until - *from).count()) : "-",
             o.text("state"), or_dash(cause_in_words(o.text("cause"))), o.text("sales"), or_dash(where)});
    }
    return table(rows);
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
    return out + (body ? body_lines(body.get()) : "");
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
            out += "  " + d.name() + ": " + in_words(d.text()) + (document.empty() ? "" : " as " + document) + '\n';
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
