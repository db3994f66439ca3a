// PeopleSide: what people see and do, put together on two loops: the staff page on the till loop, and on the sync loop
// what it reads, and the control socket with all that the command line asks of it.
//
// Selling never waits for it. Ownership: everything passed in outlives it. Thread: as each call says.
#pragma once

#include <functional>
#include <string>

#include "agent/cloud_side.h"
#include "agent/config/config.h"
#include "agent/day/day_desk.h"
#include "agent/day/hand_over.h"
#include "agent/local/control.h"
#include "agent/outages/outage_log.h"
#include "agent/page/offline_desk.h"
#include "agent/page/staff_page.h"
#include "agent/privacy/erasures.h"
#include "agent/privacy/journal_keys.h"
#include "agent/question_side.h"
#include "agent/tills/till_feed.h"
#include "agent/tills/till_presence.h"
#include "agent/work_offline.h"
#include "sync/network_switch.h"

namespace tillkeeper::agent {

struct PeopleParts {
    EventLoop& till_loop;
    EventLoop& sync_loop;
    EventLoop& slow_loop;  // computes what takes seconds
    const Clock& clock;
    const Device& device;
    Zone zone;  // empty: UTC
    const Config& config;
    storage::JournalReader& reader;  // of the sync loop
    storage::Writer& writer;
    storage::Upkeep& upkeep;
    CloudSide& cloud;
    QuestionSide& questions;
    sync::NetworkSwitch& network;
    std::function<std::string()> intake_fault;  // "" while transactions can be accepted; any thread
    std::function<SeenTills()> seen_tills;      // till loop
};

class PeopleSide {
  public:
    explicit PeopleSide(PeopleParts parts);

    // Sync loop, as the following.
    void start();
    void control(ServerRequest request, HttpServer::Reply reply);
    // Each look at the store: outages are kept.
    void look(const StoreState& store) { outages_.look(store); }

    // Till loop, as the following.
    void page(ServerRequest request, PageMoment moment, HttpServer::Reply reply);
    // Each look at the store: pages that are open hear what is new.
    void note(const StoreState& store);

  private:
    [[nodiscard]] ErasureParts erasure_parts();
    [[nodiscard]] KeyParts key_parts();
    [[nodiscard]] ControlParts control_parts();
    [[nodiscard]] WorkOfflineParts offline_parts();
    [[nodiscard]] MakerParts maker_parts();
    void tell_tills(HttpServer::Reply reply);

    PeopleParts parts_;
    TillFeed till_feed_;
    Erasures erasures_;
    JournalKeys keys_;
    DecisionDesk decisions_;
    Control control_;
    WorkOffline work_offline_;
    OutageLog outages_;
    DayDesk days_;
    HandOver hand_over_;
    DayPages day_pages_;
    StaffPage staff_page_;
    OfflineDesk offline_desk_;
};

}  // namespace tillkeeper::agent
