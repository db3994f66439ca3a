#include "tests/crash/closing.h"

#include <iterator>

#include "tests/crash/evidence.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::crash {
namespace {

using std::chrono::milliseconds;

// The tills report four times a second: what was twice the same over this long has come through.
constexpr auto kTwoReports = milliseconds(600);

Result<void> judge_clouds(lab::Lab& lab, const std::vector<Recorded>& journal, Closing& closing) {
    auto& control = lab.cloud().control();
    auto books = control.ledger();
    if (!books) return std::unexpected(books.error());
    for (const auto* name : lab::kDestinations) {
        const auto effects = read_effects(control, name);
        if (!effects) return std::unexpected(effects.error());
        closing.verdict.add(judge_cloud(name, journal, *effects));
        closing.repeated += (*books)[name].repeated;
        closing.order_violations += (*books)[name].order_violations;
    }
    closing.erp = (*books)["erp"].count;
    closing.oms = (*books)["oms"].count;
    closing.crm = (*books)["crm"].count;
    return {};
}

}  // namespace

std::string named(const char* name, std::int64_t value) {
    return std::string(" ") + name + "=" + std::to_string(value);
}

bool Closing::agrees() const {
    return tills.sold > 0 && tills.accepted == tills.sold && journal == tills.sold && erp == tills.sold &&
           oms == tills.sold && crm == tills.sold && verdict.clean() &&
           order_violations == overtaken * std::ssize(lab::kDestinations);
}

std::string Closing::line() const {
    return named("sold", tills.sold) + named("accepted", tills.accepted) + named("journal", journal) +
           named("erp", erp) + named("oms", oms) + named("crm", crm) + named("handed_over_again", tills.sent_again) +
           named("overtaken", overtaken) + named("order_violations", order_violations) + named("repeated", repeated) +
           named("lost", verdict.lost) + named("duplicated", verdict.duplicated) + named("altered", verdict.altered) +
           named("invented", verdict.invented) + named("misordered", verdict.misordered);
}

Result<lab::TillsTally> close_the_day(lab::Tills& tills, milliseconds limit) {
    tills.say("pause");
    lab::TillsTally last;
    const auto answered = [&] {
        const auto tally = tills.tally();
        const bool same = tally.sold == last.sold;  // the pause has come through
        last = tally;
        return same && tally.waiting == 0;
    };
    if (!lab::wait_until(answered, limit, kTwoReports, [] {}))
        return fail(ErrorCode::kUnavailable, std::to_string(last.waiting) + " sales still wait for their answers");
    tills.say("stop");
    if (!lab::wait_until([&] { return !tills.running(); }, limit))
        return fail(ErrorCode::kUnavailable, "the tills do not stop");
    return tills.tally();
}

Result<Verdict> look_into_journal(const lab::Lab& lab, const lab::Tills& tills) {
    const auto heard = read_notes(tills.notes());
    if (!heard) return std::unexpected(heard.error());
    const auto journal = read_journal(lab.agent().setup().data_folder);
    if (!journal) return std::unexpected(journal.error());
    return judge_journal(heard->answers, *journal, false);
}

Result<Closing> take_account(lab::Lab& lab, const lab::Tills& tills, milliseconds limit) {
    Closing closing;
    closing.tills = tills.tally();
    // Where too little arrives, the judge says which.
    static_cast<void>(lab.wait_delivered(closing.tills.sold, limit));
    const auto verified = lab.agent().command({"verify", "--json"}, limit);
    if (!verified) return std::unexpected(verified.error());
    if (verified->status != 0) return fail(ErrorCode::kCorrupt, "verify: " + verified->output + verified->errors);
    if (const int status = lab.agent().stop(); status != 0)
        return fail(ErrorCode::kInternal, "SIGTERM ended it with exit status " + std::to_string(status));

    const auto heard = read_notes(tills.notes());
    if (!heard) return std::unexpected(heard.error());
    const auto journal = read_journal(lab.agent().setup().data_folder);
    if (!journal) return std::unexpected(journal.error());
    closing.journal = of_tills(*journal);
    closing.overtaken = overtaken(*journal);
    closing.verdict.add(judge_journal(heard->answers, *journal, true));
    if (auto judged = judge_clouds(lab, *journal, closing); !judged) return std::unexpected(judged.error());
    return closing;
}

}  // namespace tillkeeper::crash
