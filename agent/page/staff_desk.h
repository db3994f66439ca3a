// StaffDesk: signing in and out, and the door to whatever a signed-in person may ask of the page.
//
//   GET, POST /sign-in?next=    POST /sign-out    and the ways of its actions
//
// A further action is one call of on(). Nobody comes to an action without a session; no form does that was not sent by
// this page, with the session's token (guard.h has looked at where it comes from).
// Ownership: everything passed in outlives it. Thread: the till loop; actions run on the sync loop, PINs are computed
// on the slow loop.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "agent/page/facts.h"
#include "agent/page/sheets.h"
#include "agent/staff/form.h"
#include "agent/staff/sessions.h"
#include "agent/staff/sign_in_limit.h"
#include "platform/event_loop.h"
#include "platform/http_server.h"

namespace tillkeeper::agent {

struct StaffDeskParts {
    EventLoop& till_loop;
    EventLoop& sync_loop;
    EventLoop& slow_loop;
    const Clock& clock;
    std::string data_folder;
};

// What a signed-in person asks.
struct StaffRequest {
    FormFields fields;  // of the form, or of the query
    PageFacts facts;    // store, time and who is signed in; enough for a sheet
    const Words& words;
};
using StaffAction = std::function<void(StaffRequest, HttpServer::Reply)>;

class StaffDesk {
  public:
    explicit StaffDesk(StaffDeskParts parts);

    // `way`: "GET /held", "POST /held/skip". Before the first request.
    void on(std::string way, StaffAction action) { actions_[std::move(way)] = std::move(action); }
    // A path of somebody else's to which signing in may lead.
    void leads_to(std::string path) { paths_.insert(std::move(path)); }
    // Where a person who is not signed in is sent, to come back afterwards. A form is lost: it was of another session.
    [[nodiscard]] static std::string sign_in_path(const ServerRequest& request);

    [[nodiscard]] bool takes(std::string_view path) const { return takes_forms(path) || knows("GET", path); }
    [[nodiscard]] bool takes_forms(std::string_view path) const { return knows("POST", path); }
    // Who sent this request, if somebody who is signed in; does not count as use.
    [[nodiscard]] std::optional<SignedIn> who(const ServerRequest& request);

    // Only for what it takes. `facts`: of the store, without anything of the journal.
    void handle(ServerRequest request, PageFacts facts, const Words& words, HttpServer::Reply reply);

  private:
    [[nodiscard]] bool knows(std::string_view method, std::string_view path) const;
    [[nodiscard]] std::string safe_next(std::string_view next) const;
    void show_sign_in(const ServerRequest& request, const PageFacts& facts, const Words& words,
                      HttpServer::Reply reply) const;
    void sign_in(const ServerRequest& request, PageFacts facts, const Words& words, HttpServer::Reply reply);
    void let_in(const ServerRequest& request, Person person, const std::string& next, HttpServer::Reply reply);
    void sign_out(const ServerRequest& request, const Words& words, HttpServer::Reply reply);
    void act(ServerRequest request, PageFacts facts, const Words& words, HttpServer::Reply reply);
    [[nodiscard]] HttpServer::Reply on_till_loop(HttpServer::Reply reply);

    StaffDeskParts parts_;
    People people_;
    Sessions sessions_;
    SignInLimit limit_;
    int under_way_ = 0;  // PINs that are being computed or wait for that
    std::map<std::string, StaffAction, std::less<>> actions_;
    std::set<std::string, std::less<>> paths_;
};

}  // namespace tillkeeper::agent
