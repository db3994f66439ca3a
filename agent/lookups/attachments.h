// Attachments: goes through the journal for sales that named cards whose members are known now, and hands in an event
// for each. Reads a slice at a time. Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <vector>

#include "agent/lookups/member_attachment.h"
#include "platform/clock.h"
#include "platform/device.h"
#include "platform/event_loop.h"
#include "storage/journal_reader.h"
#include "storage/writer.h"

namespace tillkeeper::agent {

class Attachments {
  public:
    Attachments(storage::JournalReader& journal, storage::Writer& writer, EventLoop& loop, const Clock& clock,
                const Device& device)
        : journal_(journal), writer_(writer), loop_(loop), clock_(clock), device_(device) {}

    // One run at a time. `done`: an error when not all could be read or stored; doing it again changes nothing twice.
    using Done = std::move_only_function<void(Result<void>)>;
    void run(std::vector<CardNamed> cards, Done done);

  private:
    void slice();
    void attach(const storage::Entry& sale, const std::string& member_id);
    void end_where_nothing_waits();

    storage::JournalReader& journal_;
    storage::Writer& writer_;
    EventLoop& loop_;
    const Clock& clock_;
    const Device& device_;
    std::vector<CardNamed> cards_;
    storage::JournalNumber read_ = 0;
    bool reading_ = false;
    std::size_t waiting_ = 0;  // for the journal
    Result<void> outcome_;
    Done done_;
};

}  // namespace tillkeeper::agent
