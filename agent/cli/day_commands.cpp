#include "agent/cli/day_commands.h"

#include <iostream>

#include "agent/cli/manifest_verify.h"
#include "agent/cli/print.h"
#include "agent/day/business_day.h"
#include "agent/day/minor_units.h"

namespace tillkeeper::cli {
namespace {

void add_sums(std::vector<std::vector<std::string>>& rows, const std::string& till, JsonView sums, const char* what) {
    for (const auto sum : sums.children()) {
        const auto currency = sum.text("currency");
        rows.push_back({till, what, sum.text(what), sum.text("count"),
                        agent::plain_amount(sum.number("sum"), currency) + ' ' + currency});
    }
}

std::string missing_text(JsonView till) {
    std::string out;
    for (const auto range : till.at("missing").children()) {
        const auto ends = range.children();
        if (ends.size() != 2) continue;
        const auto first = ends[0].text(), last = ends[1].text();
        out += "Till " + till.text("till") + ": " +
               (first == last ? "number " + first + " has" : "numbers " + first + " to " + last + " have") +
               " not come.\n";
    }
    return out;
}

std::string day_text(JsonView day) {
    std::string out = "Store " + day.text("store") + ", business day " + day.text("business_day") + ", as of " +
                      day.text("as_of") + "\n";
    std::vector<std::vector<std::string>> rows{{"TILL", "BY", "WHAT", "COUNT", "SUM"}};
    std::string notes;
    for (const auto till : day.at("tills").children()) {
        add_sums(rows, till.text("till"), till.at("types"), "type");
        add_sums(rows, till.text("till"), till.at("tenders"), "tender");
        notes += missing_text(till);
    }
    add_sums(rows, "all", day.at("types"), "type");
    add_sums(rows, "all", day.at("tenders"), "tender");
    if (const auto waiting = day.number("quarantined_count"); waiting > 0)
        notes += "Not in these sums: " + std::to_string(waiting) + " quarantined; tillkeeper queue list shows them.\n";
    const auto manifests = day.at("manifests").children();
    for (const auto each : manifests) notes += "Manifest " + each.text("id") + ", made " + each.text("made_at") + '\n';
    if (manifests.empty()) notes += "No manifest was made for it yet.\n";
    return out + table(rows) + notes;
}

std::string manifests_text(JsonView list) {
    std::vector<std::vector<std::string>> rows{{"SERIAL", "DAY", "FROM", "TO", "ENTRIES", "MADE"}};
    for (const auto each : list.at("manifests").children())
        rows.push_back({each.text("serial"), each.text("business_day"), each.text("first"), each.text("last"),
                        each.text("entries"), each.text("made_at")});
    return rows.size() == 1 ? "No manifest was made yet.\n" : table(rows);
}

std::string jws_lines(JsonView list) {
    std::string out;
    for (const auto each : list.at("manifests").children()) out += each.text("jws") + '\n';
    return out;
}

bool has_manifests(JsonView list) {
    return !list.at("manifests").children().empty();
}

void show_day(Common& common, const DayWish& wish) {
    const auto told = JournalAccess(common.access).day(wish.date, wish.csv);
    if (!told || !wish.csv) {
        common.exit = show(common, told, day_text);
        return;
    }
    std::cout << *told;
}

void add_date(CLI::App& command, DayWish& wish) {
    command.add_option("date", wish.date, "The business day (default: today)")
        ->type_name("DATE")
        ->check(
            [](const std::string& text) { return agent::parse_day(text) ? "" : "not a date: write it as 2026-11-20"; });
}

void add_verify(CLI::App& manifest, Common& common, DayWish& wish) {
    auto* verify = manifest.add_subcommand(
        "verify",
        "For headquarters, without a daemon: do manifests follow each other, and is all there that they name?");
    verify->add_option("file", wish.files, "Manifests, one a line")->required()->type_name("FILE");
    verify->add_option("--key", wish.key, "The store's public key, as manifest key shows it")
        ->required()
        ->type_name("FILE");
    verify
        ->add_option("--with", wish.received,
                     "What was received: lines of an export, or CloudEvents with the transaction as their data")
        ->type_name("FILE");
    verify->callback([&common, &wish] {
        common.exit = show(common, verified_manifests(wish.files, wish.key, wish.received), manifest_verdict_text,
                           [](JsonView verdict) { return verdict.is_true("fine"); });
    });
}

}  // namespace

void add_day_commands(CLI::App& app, Common& common, DayWish& wish) {
    auto* day = app.add_subcommand("day", "What a business day came to, per till and for the store");
    add_date(*day, wish);
    day->add_flag("--csv", wish.csv, "As a table for spreadsheets");
    day->callback([&common, &wish] { show_day(common, wish); });

    auto* manifest =
        app.add_subcommand("manifest", "What the journal held when a business day ended, signed by the box");
    manifest->require_subcommand(1)->fallthrough();
    auto* make = manifest->add_subcommand("make", "Make one now; the daemon makes one by itself after each day");
    add_date(*make, wish);
    make->callback([&common, &wish] {
        common.exit = show(common, JournalAccess(common.access).make_manifest(wish.date),
                           [](JsonView done) { return "Made: " + done.text("made") + ".\n"; });
    });
    manifest->add_subcommand("list", "The newest manifests")->callback([&common] {
        common.exit = show(common, JournalAccess(common.access).manifests(""), manifests_text);
    });
    auto* shown = manifest->add_subcommand("show", "The manifests of a day; one a line, as verify reads them");
    add_date(*shown, wish);
    shown->get_option("date")->required();
    shown->callback([&common, &wish] {
        common.exit = show(common, JournalAccess(common.access).manifests(wish.date), jws_lines, has_manifests);
    });
    manifest->add_subcommand("key", "The public key by which headquarters proves manifests")->callback([&common] {
        const auto told = JournalAccess(common.access).manifest_key();
        if (!told || common.json) {
            common.exit = show(common, told, nullptr);
            return;
        }
        const JsonDocument document(*told);
        std::cout << cJSON_GetStringValue(document.root().at("public_key").node());
    });
    add_verify(*manifest, common, wish);
}

}  // namespace tillkeeper::cli
