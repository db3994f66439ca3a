// The control socket: what `tillkeeper` on the command line asks of the running daemon. HTTP and JSON over a Unix
// socket that only its owner and group may open.
//
//   GET  /status                                     the store's state, see status_answer.h
//   GET  /queue?destination=erp&after=0              what is held; without destination everything
//   GET  /entries/{number}                           one entry with its body
//   POST /queue/{number}/{retry|repair|skip}         {"destination","who","why","transaction"}
//   GET  /find?text=...                              by transaction id or receipt
//   GET  /outages                                    newest first, see outages/outage.h; answered before Control is
//   asked GET  /tills                                      presence, numbers and clock of each till, see tills_json.h
//   /erasures, /keys                                 see agent/privacy; answered before Control is asked
//   POST /retry                                      what waits for a cloud tries at once; {}
//   GET  /verify                                     the whole chain; may take a while, one at a time
//   GET  /verify/progress                            meanwhile: {"running","done","total"}
//
// Errors are {"error": "..."} with 400, 404, 409 or 503.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/local/decision_desk.h"
#include "agent/local/store_state.h"
#include "platform/clock.h"
#include "platform/event_loop.h"
#include "platform/http_server.h"
#include "storage/journal_reader.h"

namespace tillkeeper::agent {

struct ControlParts {
    storage::JournalReader& reader;
    DecisionDesk& decisions;
    EventLoop& loop;
    const Clock& clock;
    const std::vector<sync::DestinationConfig>& destinations;
    std::function<StoreState()> status;            // as it is at this moment
    std::function<void(HttpServer::Reply)> tills;  // answers GET /tills
    std::function<void()> retry;                   // a person mended something: whatever waits should try
};

class Control {
  public:
    explicit Control(ControlParts parts) : parts_(std::move(parts)) {}
    void handle(ServerRequest request, HttpServer::Reply reply);

  private:
    void get(const ServerRequest& request, HttpServer::Reply reply);
    void verify(HttpServer::Reply reply);
    void verify_on();
    [[nodiscard]] std::string progress() const;
    void decide(const ServerRequest& request, HttpServer::Reply reply);

    ControlParts parts_;
    std::unique_ptr<storage::ChainWalk> walk_;  // one at a time
    HttpServer::Reply verified_;
};

}  // namespace tillkeeper::agent
