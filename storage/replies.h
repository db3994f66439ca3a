// Replies: what became of what the writer was given, told on the loop of whoever waits. Thread: the journal thread;
// each `done` runs once, on its own loop.
#pragma once

#include <vector>

#include "storage/waiting_work.h"

namespace tillkeeper::storage {

void answer(std::vector<WaitingEntry>& askers, const std::vector<Receipt>& receipts);  // in the same order
void answer_all(std::vector<WaitingEntry> askers, const Error& error);
void tell(std::vector<WaitingReport>& reports, const Result<void>& result);  // empties them
void reply(WaitingDecision& asked, Result<JournalNumber> result);

}  // namespace tillkeeper::storage
