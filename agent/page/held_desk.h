// HeldDesk: what a signed-in person sees and does about a transaction that waits: look, print, retry, repair, skip.
// Each of the last three is recorded in the chain, with who and why.
// Ownership: everything passed in outlives it. Thread: the reader's loop.
#pragma once

#include "agent/local/decision_desk.h"
#include "agent/page/staff_desk.h"
#include "storage/journal_reader.h"

namespace tillkeeper::agent {

class HeldDesk {
  public:
    HeldDesk(storage::JournalReader& reader, DecisionDesk& decisions) : reader_(reader), decisions_(decisions) {}
    void open_at(StaffDesk& desk);

  private:
    using Kind = storage::Decision::Kind;
    void show(StaffRequest asked, HttpServer::Reply reply, bool on_paper);
    void decide(StaffRequest asked, HttpServer::Reply reply, Kind kind);

    storage::JournalReader& reader_;
    DecisionDesk& decisions_;
};

}  // namespace tillkeeper::agent
