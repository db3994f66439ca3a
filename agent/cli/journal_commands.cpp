#include "agent/cli/journal_commands.h"

#include "agent/cli/print.h"

namespace tillkeeper::cli {
namespace {

Result<std::string> repaired(const JournalAccess& journal, const JournalWish& wish) {
    if (!wish.transaction.empty()) return argument_or_file(wish.transaction);
    auto patch = argument_or_file(wish.patch);
    if (!patch) return patch;
    auto entry = journal.entry(wish.number);
    if (!entry) return entry;
    return patched_transaction(*entry, *patch);
}

int decide(const Common& common, const JournalWish& wish, const std::string& verb) {
    const JournalAccess journal(common.access);
    std::string transaction;
    if (verb == "repair") {
        auto made = repaired(journal, wish);
        if (!made) return show(common, made, nullptr);
        transaction = std::move(*made);
    }
    DecisionText decision = wish.decision;
    decision.destination = wish.destination;
    return show(common, journal.decide(wish.number, verb, decision_body(decision, transaction)), [](JsonView done) {
        return "Done; recorded in the journal under number " + done.text("recorded_as") + ".\n";
    });
}

void add_decision(CLI::App& queue, Common& common, JournalWish& wish, const std::string& verb,
                  const std::string& about) {
    auto* command = queue.add_subcommand(verb, about);
    command->add_option("number", wish.number, "Journal number")->required()->type_name("NUMBER");
    command->add_option("--destination", wish.destination, "Where it is held; leave out for quarantine")
        ->type_name("DESTINATION");
    command->add_option("--why", wish.decision.why, "Reason, kept in the journal's chain")
        ->required()
        ->type_name("TEXT");
    command->add_option("--who", wish.decision.who, "Who decides (default: the user's name)")->type_name("NAME");
    if (verb == "repair") {
        auto* patch = command->add_option("--patch", wish.patch, "JSON patch (RFC 6902), or @FILE")->type_name("JSON");
        command->add_option("--transaction", wish.transaction, "The whole repaired transaction, or @FILE")
            ->excludes(patch)
            ->type_name("JSON");
    }
    command->callback([&common, &wish, verb] {
        if (verb == "repair" && wish.patch.empty() && wish.transaction.empty())
            throw CLI::RequiredError("--patch or --transaction");
        common.exit = decide(common, wish, verb);
    });
}

void add_queue(CLI::App& app, Common& common, JournalWish& wish) {
    auto* queue = app.add_subcommand("queue", "Transactions that wait for a person");
    queue->require_subcommand(1)->fallthrough();
    auto* list = queue->add_subcommand("list", "What is held and why");
    auto* where =
        list->add_option("--destination", wish.destination, "Only here; \"\" for quarantine")->type_name("DESTINATION");
    list->add_option("--after", wish.after, "Only numbers beyond")->type_name("NUMBER");
    list->callback([&common, &wish, where] {
        common.exit = show(
            common, JournalAccess(common.access).queue(where->count() > 0 ? &wish.destination : nullptr, wish.after),
            queue_text);
    });
    auto* shown = queue->add_subcommand("show", "One transaction, whole");
    shown->add_option("number", wish.number, "Journal number")->required()->type_name("NUMBER");
    shown->callback(
        [&common, &wish] { common.exit = show(common, JournalAccess(common.access).entry(wish.number), entry_text); });
    add_decision(*queue, common, wish, "retry", "Send it again as it is; lets a quarantined one through");
    add_decision(*queue, common, wish, "repair", "Send it changed; the original is kept");
    add_decision(*queue, common, wish, "skip", "Never send it; it stays in the journal");
}

}  // namespace

void add_journal_commands(CLI::App& app, Common& common, JournalWish& wish) {
    wish.decision.who = common.who;
    add_queue(app, common, wish);

    auto* differing =
        app.add_subcommand("differences", "Where the cloud booked otherwise than the store, and how much");
    differing->add_option("--after", wish.after, "Only numbers beyond")->type_name("NUMBER");
    differing->callback([&common, &wish] {
        common.exit = show(common, JournalAccess(common.access).differences(wish.after), differences_text);
    });

    app.add_subcommand("outages", "When the cloud could not be reached, for how long, and what was sold meanwhile")
        ->callback([&common] { common.exit = show(common, JournalAccess(common.access).outages(), outages_text); });

    auto* finder = app.add_subcommand("find", "Is this receipt safe, and where is it?");
    finder->add_option("text", wish.text, "Receipt or transaction id")->required()->type_name("TEXT");
    finder->callback([&common, &wish] {
        common.exit = show(common, JournalAccess(common.access).find(wish.text), found_text,
                           [](JsonView found) { return !found.at("found").children().empty(); });
    });
    app.add_subcommand("verify", "Prove that nothing in the journal was changed or removed")->callback([&common] {
        const JournalAccess journal(common.access);
        common.exit = show(common, with_progress([&](const Told& told) { return journal.verify(told); }),
                           verification_text, [](JsonView v) { return v.is_true("whole"); });
    });
}

}  // namespace tillkeeper::cli
