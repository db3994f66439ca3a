#include "sync/reconciler.h"

#include <utility>

#include "platform/log.h"

namespace tillkeeper::sync {
namespace {

constexpr Duration kStoreAgainAfter = std::chrono::seconds(1);

}  // namespace

void Reconciler::note(const storage::Entry& transaction, const Difference& difference, Task done) {
    const storage::Arrival now{sync_.clock.wall(), sync_.clock.monotonic(), sync_.device.boot_id(),
                               sync_.device.clock_trusted()};
    auto entry = reconciliation(transaction, difference, destination_, now);
    const std::string id = entry.transaction_id;
    const auto [place, fresh] = waiting_.try_emplace(id);
    place->second.done.push_back(std::move(done));
    if (!fresh) return;
    place->second.entry = std::move(entry);
    sync_.loop.post([this, id] { store(id); });
}

Result<bool> Reconciler::refused(const storage::Entry& transaction) {
    return stored(reconciliation_id(destination_, transaction.transaction_id, ""));
}

// By its type: ids that tills give are theirs to choose.
Result<bool> Reconciler::stored(const std::string& id) {
    const auto number = sync_.reader.number_of(id);
    if (!number) return std::unexpected(number.error());
    if (!*number) return false;
    const auto entry = sync_.reader.entry(**number);
    if (!entry) return std::unexpected(entry.error());
    return *entry && (*entry)->type == kReconciliationType;
}

void Reconciler::store(const std::string& id) {
    const auto known = stored(id);
    if (!known) return store_later(id, known.error());
    if (*known) return end(id);
    auto offered =
        sync_.writer.offer(waiting_.at(id).entry, sync_.loop, [this, id](const Result<storage::Receipt>& receipt) {
            if (!receipt) return store_later(id, receipt.error());
            log(LogLevel::kNotice, "a destination booked otherwise",
                {{"destination", destination_}, {"number", receipt->number}});
            end(id);
        });
    if (!offered) store_later(id, offered.error());
}

void Reconciler::store_later(const std::string& id, const Error& error) {
    Waiting& waiting = waiting_.at(id);
    if (!std::exchange(waiting.told, true))
        log(LogLevel::kWarning, "a difference is noted later",
            {{"destination", destination_}, {"reason", error.message}});
    waiting.again = sync_.loop.after(kStoreAgainAfter, [this, id] { store(id); });
}

void Reconciler::end(const std::string& id) {
    auto ended = waiting_.extract(id);
    for (auto& done : ended.mapped().done) done();
}

}  // namespace tillkeeper::sync
