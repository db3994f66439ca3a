#include "agent/page/staff_page.h"

#include <algorithm>
#include <utility>

#include "agent/page/answers.h"
#include "agent/page/embedded.h"
#include "agent/page/journal_facts.h"
#include "agent/page/language.h"
#include "agent/page/view.h"

namespace tillkeeper::agent {

StaffPage::StaffPage(PageParts parts)
    : parts_(std::move(parts)),
      hosts_{parts_.config.page_address, parts_.config.page_hosts},
      staff_({parts_.till_loop, parts_.sync_loop, parts_.slow_loop, parts_.clock, parts_.config.data_folder}),
      held_(parts_.reader, parts_.decisions) {
    held_.open_at(staff_);
    staff_.leads_to("/day");
    if (!parts_.zone) parts_.zone = [](WallTime) { return Duration::zero(); };
    sales_.emplace(parts_.reader, parts_.sync_loop, StoreDay{parts_.zone, parts_.config.day_closes_at},
                   parts_.config.destinations, parts_.clock.wall());
    for (const auto language : kLanguages) words_.emplace(language, Words::in(language));
}

void StaffPage::note(const StoreState& store) {
    if (watchers_.count() == 0) return;  // the document is work
    watchers_.look(store.state + store.cause + store.not_accepting, to_json(store), parts_.clock.monotonic());
}

ServerResponse StaffPage::watch() {
    ServerResponse answer = Watchers::begin(watchers_);
    for (auto& header : guarding_headers()) answer.headers.push_back(std::move(header));
    return answer;
}

void StaffPage::handle(ServerRequest request, PageMoment moment, HttpServer::Reply reply) {
    const Words& words = words_.at(language_of(request, parts_.config.page_language));
    if (const auto away = turned_away(request, hosts_, staff_.takes_forms(request.path))) {
        auto answer = refusal(words, away->status, away->words);
        if (away->status == 405) answer.headers.emplace_back("Allow", "GET, HEAD");
        return reply(std::move(answer));
    }
    if (request.path == "/page.css") return reply(page_answer(200, "text/css", std::string(embedded_file("page.css"))));
    if (request.path == "/page.js" || request.path == "/scan.js")
        return reply(page_answer(200, "text/javascript", std::string(embedded_file(request.path.substr(1)))));
    if (request.path == "/events") return reply(watch());
    if (staff_.takes(request.path)) return ask_staff(std::move(request), std::move(moment), std::move(reply));
    // What the tills took is for the store's own people.
    if (DayPages::takes(request.path) && !staff_.who(request)) return reply(go_on(StaffDesk::sign_in_path(request)));
    if (DayPages::takes(request.path)) return ask_day(std::move(request), std::move(reply));
    if (request.path != "/" && request.path != "/view" && request.path != "/receipt")
        return reply(refusal(words, 404, "refused.path"));
    ask_journal(std::move(request), std::move(moment), std::move(reply));
}

void StaffPage::ask_staff(ServerRequest request, PageMoment moment, HttpServer::Reply reply) {
    const Words& words = words_.at(language_of(request, parts_.config.page_language));
    PageFacts facts;
    facts.store = std::move(moment.store);
    facts.now = parts_.clock.wall();
    facts.zone = parts_.zone;
    staff_.handle(std::move(request), std::move(facts), words,
                  [cookie = language_cookie(request), reply = std::move(reply)](ServerResponse answer) mutable {
                      if (cookie) answer.headers.emplace_back("Set-Cookie", std::move(*cookie));
                      reply(std::move(answer));
                  });
}

// The journal is read, and the page written, where no sale waits for it.
void StaffPage::ask_journal(ServerRequest request, PageMoment moment, HttpServer::Reply reply) {
    parts_.sync_loop.post([this, who = staff_.who(request), request = std::move(request), moment = std::move(moment),
                           reply = std::move(reply)]() mutable {
        const Words& words = words_.at(language_of(request, parts_.config.page_language));
        PageFacts facts = gather(request, std::move(moment));
        facts.signed_in = std::move(who);
        if (const auto done = request.query.find("done"); done != request.query.end()) facts.done = done->second;
        auto answer = page_answer(200, "text/html",
                                  request.path == "/view" ? render_view(facts, words) : render_page(facts, words));
        if (auto cookie = language_cookie(request)) answer.headers.emplace_back("Set-Cookie", std::move(*cookie));
        parts_.till_loop.post(
            [answer = std::move(answer), reply = std::move(reply)]() mutable { reply(std::move(answer)); });
    });
}

void StaffPage::ask_day(ServerRequest request, HttpServer::Reply reply) {
    parts_.sync_loop.post([this, request = std::move(request), reply = std::move(reply)]() mutable {
        const Words& words = words_.at(language_of(request, parts_.config.page_language));
        const auto cookie = language_cookie(request);
        parts_.days.handle(request, words, [this, cookie, reply = std::move(reply)](ServerResponse answer) mutable {
            for (auto& header : guarding_headers()) answer.headers.push_back(std::move(header));
            if (cookie) answer.headers.emplace_back("Set-Cookie", *cookie);
            parts_.till_loop.post(
                [answer = std::move(answer), reply = std::move(reply)]() mutable { reply(std::move(answer)); });
        });
    });
}

PageFacts StaffPage::gather(const ServerRequest& request, PageMoment moment) {
    PageFacts facts;
    facts.store = std::move(moment.store);
    facts.intake = moment.intake;
    facts.now = parts_.clock.wall();
    facts.zone = parts_.zone;
    count_tills();
    facts.tills_counted = !counting_;
    facts.tills = till_rows(parts_.tills.known(), moment.seen);
    if (facts.store.held + facts.store.quarantined > 0) facts.waiting = waiting_rows(parts_.reader);
    facts.outages = parts_.outages.all();
    if (!facts.store.store.empty()) facts.sales = sales_->today(facts.now);
    const auto query = request.query.find("q");
    if (query != request.query.end() && !query->second.empty())
        facts.receipt = look_up_receipt(parts_.reader, query->second, parts_.config.destinations);
    return facts;
}

// One slice is read at once; after a start there may be very many, and nobody waits for those.
void StaffPage::count_tills() {
    if (counting_) return;
    const auto more = parts_.tills.step();
    if (!more || !*more) return;
    counting_ = true;
    parts_.tills.catch_up(parts_.sync_loop, [this](Result<void>) { counting_ = false; });
}

}  // namespace tillkeeper::agent
