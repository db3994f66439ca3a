// StaffPage: answers what a browser asks of the page.
//
//   /           the page                    /view      what stands in its <main>, for page.js
//   /receipt    the page, with ?q=          /events    tells page.js when there is something new
//   /page.css, /page.js                     and what StaffDesk takes
//   /page.css, /page.js                    /day, ...   see day_pages.h
//
// Refused are other hosts (421), other methods (405), other paths (404) and long queries (414): see guard.h.
// Ownership: everything passed in outlives it. Thread: the till loop, but for what the journal is asked, on the sync
// loop.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "agent/config/config.h"
#include "agent/outages/outage_log.h"
#include "agent/page/day_pages.h"
#include "agent/page/facts.h"
#include "agent/page/guard.h"
#include "agent/page/held_desk.h"
#include "agent/page/sales_feed.h"
#include "agent/page/staff_desk.h"
#include "agent/page/watchers.h"
#include "agent/page/words.h"
#include "agent/tills/till_feed.h"
#include "platform/event_loop.h"
#include "platform/http_server.h"
#include "storage/journal_reader.h"

namespace tillkeeper::agent {

struct PageParts {
    EventLoop& till_loop;
    EventLoop& sync_loop;
    EventLoop& slow_loop;  // computes PINs, which takes seconds
    const Clock& clock;
    Zone zone;                       // empty: UTC
    storage::JournalReader& reader;  // of the sync loop, like the next two
    DecisionDesk& decisions;
    TillFeed& tills;
    const OutageLog& outages;
    const Config& config;
    DayPages& days;  // of the sync loop
};

// What the till loop knows at the moment of a request.
struct PageMoment {
    StoreState store;
    Intake intake = Intake::kOpen;
    SeenTills seen;
};

class StaffPage {
  public:
    explicit StaffPage(PageParts parts);

    void handle(ServerRequest request, PageMoment moment, HttpServer::Reply reply);
    // What signed-in people may do, to be added to before the first request.
    [[nodiscard]] StaffDesk& staff() { return staff_; }
    // Each look at the store: pages that are open hear what is new.
    void note(const StoreState& store);

  private:
    void ask_staff(ServerRequest request, PageMoment moment, HttpServer::Reply reply);
    void ask_journal(ServerRequest request, PageMoment moment, HttpServer::Reply reply);
    void ask_day(ServerRequest request, HttpServer::Reply reply);
    [[nodiscard]] PageFacts gather(const ServerRequest& request, PageMoment moment);
    [[nodiscard]] ServerResponse watch();
    void count_tills();

    PageParts parts_;
    PageHosts hosts_;
    std::map<std::string_view, Words> words_;
    Watchers watchers_;
    StaffDesk staff_;
    HeldDesk held_;
    std::optional<SalesFeed> sales_;  // of the sync loop, as the next
    bool counting_ = false;
};

}  // namespace tillkeeper::agent
