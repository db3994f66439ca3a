#include "agent/page/offline_desk.h"

#include <charconv>
#include <utility>

#include "agent/page/answers.h"
#include "agent/page/sheets.h"

namespace tillkeeper::agent {

void OfflineDesk::open_at(StaffDesk& desk) {
    desk.on("GET /offline",
            [this](const StaffRequest& asked, HttpServer::Reply reply) { show(asked, 200, "", std::move(reply)); });
    desk.on("POST /offline",
            [this](StaffRequest asked, HttpServer::Reply reply) { begin(std::move(asked), std::move(reply)); });
    desk.on("POST /online",
            [this](StaffRequest asked, HttpServer::Reply reply) { end(std::move(asked), std::move(reply)); });
}

void OfflineDesk::show(const StaffRequest& asked, int status, std::string_view said, HttpServer::Reply reply) const {
    PageFacts facts = asked.facts;
    facts.here = "/offline";
    const OfflineSheet sheet{offline_.spell(), said, std::string(field(asked.fields, "why"))};
    reply(page_answer(status, "text/html", render_offline(facts, asked.words, sheet)));
}

void OfflineDesk::begin(StaffRequest asked, HttpServer::Reply reply) {
    const auto text = field(asked.fields, "minutes");
    int minutes = 0;
    std::from_chars(text.data(), text.data() + text.size(), minutes);
    std::string who = asked.facts.signed_in->name;
    std::string why(field(asked.fields, "why"));
    offline_.begin(std::move(who), std::move(why), std::chrono::minutes(minutes),
                   answer(std::move(asked), std::move(reply), "offline"));
}

void OfflineDesk::end(StaffRequest asked, HttpServer::Reply reply) {
    std::string who = asked.facts.signed_in->name;
    std::string why(field(asked.fields, "why"));
    offline_.end(std::move(who), std::move(why), answer(std::move(asked), std::move(reply), "online"));
}

WorkOffline::Done OfflineDesk::answer(StaffRequest asked, HttpServer::Reply reply, std::string done) const {
    return [this, asked = std::move(asked), reply = std::move(reply),
            done = std::move(done)](Result<void> recorded) mutable {
        if (recorded) return reply(go_on("/?done=" + done));
        const bool theirs = recorded.error().code == ErrorCode::kInvalid;
        show(asked, theirs ? 422 : 503, theirs ? "held.why.bad" : "offline_sheet.not_now", std::move(reply));
    };
}

}  // namespace tillkeeper::agent
