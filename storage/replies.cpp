#include "storage/replies.h"

#include <map>
#include <utility>

namespace tillkeeper::storage {
namespace {

// One task for each loop, however many answers it gets.
void send(std::vector<WaitingEntry>& askers, const std::vector<Result<Receipt>>& answers) {
    std::map<EventLoop*, std::vector<std::pair<Writer::Accepted, Result<Receipt>>>> by_loop;
    for (std::size_t i = 0; i < askers.size(); ++i)
        by_loop[askers[i].reply_on].emplace_back(std::move(askers[i].done), answers[i]);
    for (auto& [loop, replies] : by_loop)
        loop->post([told = std::move(replies)]() mutable {
            for (auto& [done, result] : told) done(std::move(result));
        });
}

}  // namespace

void answer(std::vector<WaitingEntry>& askers, const std::vector<Receipt>& receipts) {
    send(askers, std::vector<Result<Receipt>>(receipts.begin(), receipts.end()));
}

void answer_all(std::vector<WaitingEntry> askers, const Error& error) {
    const std::vector<Result<Receipt>> answers(askers.size(), std::unexpected(error));
    send(askers, answers);
}

void tell(std::vector<WaitingReport>& reports, const Result<void>& result) {
    for (auto& each : reports)
        each.reply_on->post([done = std::move(each.done), result]() mutable { done(std::move(result)); });
    reports.clear();
}

void reply(WaitingDecision& asked, Result<JournalNumber> result) {
    asked.reply_on->post([done = std::move(asked.done), result = std::move(result)]() mutable { done(result); });
}

}  // namespace tillkeeper::storage
