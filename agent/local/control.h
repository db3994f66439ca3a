// The control socket: what `tillkeeper` on the command line asks of the running daemon. HTTP and JSON over a Unix
// socket that only its owner and group may open.
//
//   GET  /status                                     the store's state
//   GET  /queue?destination=erp&after=0              what is held; without destination everything
//   GET  /entries/{number}                           one entry with its body
//   POST /queue/{number}/{retry|repair|skip}         {"destination","who","why","transaction"}
//   GET  /find?text=...                              by transaction id or receipt
//   GET  /tills                                      presence, numbers and clock of each till, see tills_json.h
//   /erasures, /keys                                 see agent/privacy; answered before Control is asked
//   POST /retry                                      what waits for a cloud tries at once; {}
//   GET  /verify                                     the whole chain; may take a while, one at a time
//
// Errors are {"error": "..."} with 400, 404, 409 or 503.
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "platform/clock.h"
#include "platform/device.h"
#include "platform/event_loop.h"
#include "platform/http_server.h"
#include "storage/journal_reader.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

struct ControlParts {
    storage::JournalReader& reader;
    storage::Writer& writer;
    EventLoop& loop;
    const Clock& clock;
    const Device& device;
    std::function<std::string()> status;           // the document of the contract
    std::function<void(HttpServer::Reply)> tills;  // answers GET /tills
    std::function<void()> decided;                 // a person decided something: destinations should look
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
    void decide(const ServerRequest& request, HttpServer::Reply reply);

    ControlParts parts_;
    std::unique_ptr<storage::ChainWalk> walk_;  // one at a time
    HttpServer::Reply verified_;
};

}  // namespace tillkeeper::agent
