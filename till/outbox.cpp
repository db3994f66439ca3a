#include "till/outbox.h"

#include <utility>

#include "till/outbox_rows.h"
#include "till/till_values.h"

namespace tillkeeper::pos {
namespace {

constexpr std::uint64_t kLogBytesIdle = 1U << 18;  // then it is emptied when there is time
constexpr std::uint64_t kLogBytesMax = 1U << 19;   // then before the next sale
static_assert(kLogBytesMax + kDocumentBytesMax * 3 / 2 < kRoomBytes);

using State = KeptSale::State;

}  // namespace

Outbox::Outbox(std::string path, OutboxOwner owner, std::string vfs)
    : path_(std::move(path)), owner_(std::move(owner)), vfs_(std::move(vfs)), room_(path_, vfs_) {}

// The log goes into the file, so that a till that ended well leaves one file; if that fails, it leaves two.
Outbox::~Outbox() {
    if (rows_) static_cast<void>(rows_->file().checkpoint());
}

Result<std::unique_ptr<Outbox>> Outbox::open(std::string path, OutboxOwner owner, std::string vfs) {
    std::unique_ptr<Outbox> outbox(new Outbox(std::move(path), std::move(owner), std::move(vfs)));
    if (auto loaded = outbox->load(); !loaded) return std::unexpected(std::move(loaded.error()));
    return outbox;
}

Result<void> Outbox::load() {
    auto done = load_once();
    if (!done && done.error().code == ErrorCode::kStorageFull && room_.give_up()) done = load_once();
    return done;
}

Result<void> Outbox::load_once() {
    auto file = OutboxFile::open(path_, vfs_);
    if (!file) return std::unexpected(std::move(file.error()));
    auto rows = std::make_unique<Rows>(std::move(*file));
    if (auto fine = rows->prepare(owner_); !fine) return fine;
    // What the log says may be in memory only, after a failed sync or a kill: now it becomes true, or we do not start.
    if (auto safe = rows->file().checkpoint(); !safe) return safe;
    // The emptied log is not synced by that: after a failed sync its older state could come back and hide what the file
    // has. A commit of its own makes the new log durable.
    if (auto anew = rows->touch(); !anew) return anew;
    const auto next = rows->next_sequence();
    const auto waiting = rows->count(State::kWaiting);
    const auto refused = rows->count(State::kRefused);
    for (const auto* number : {&next, &waiting, &refused})
        if (!*number) return std::unexpected(number->error());
    next_ = *next;
    waiting_ = static_cast<std::uint64_t>(*waiting);
    refused_ = static_cast<std::uint64_t>(*refused);
    rows_ = std::move(rows);
    return {};
}

Result<void> Outbox::ready() {
    if (rows_) return {};
    return load();
}

Error Outbox::after(Error error) {
    if (error.code == ErrorCode::kStorageFull || error.code == ErrorCode::kUnavailable) return error;
    rows_.reset();
    return error;
}

Result<std::int64_t> Outbox::next_sequence() {
    if (auto fine = ready(); !fine) return std::unexpected(std::move(fine.error()));
    return next_;
}

Result<void> Outbox::add(const KeptSale& sale) {
    if (auto fine = shorten_log(kLogBytesMax); !fine) return fine;
    if (!room_.hold()) return fail(ErrorCode::kStorageFull, "outbox: the disk is full");
    auto added = rows_->insert(sale);
    if (!added) {
        Error error = after(std::move(added.error()));
        if (rows_) return std::unexpected(std::move(error));
        // The commit may lie in the log all the same: the file opened anew tells, and by then it is synced.
        auto there = find(sale.id);
        if (!there || !*there) return std::unexpected(std::move(error));
        return {};
    }
    next_ = sale.sequence + 1;
    ++waiting_;
    return {};
}

Result<std::optional<KeptSale>> Outbox::find(const std::string& id) {
    if (auto fine = ready(); !fine) return std::unexpected(std::move(fine.error()));
    auto found = rows_->first("?1 = 0 AND id = ?2", 0, id);
    if (!found) return std::unexpected(after(std::move(found.error())));
    return found;
}

Result<std::optional<KeptSale>> Outbox::waiting_after(std::int64_t sequence) {
    if (auto fine = ready(); !fine) return std::unexpected(std::move(fine.error()));
    auto found = rows_->first("state = 0 AND sequence > ?1 AND ?2 = ''", sequence, "");
    if (!found) return std::unexpected(after(std::move(found.error())));
    return found;
}

Result<std::vector<KeptSale>> Outbox::refused(std::size_t max) {
    std::vector<KeptSale> all;
    std::int64_t last = -1;
    while (all.size() < max) {
        if (auto fine = ready(); !fine) return std::unexpected(std::move(fine.error()));
        auto found = rows_->first("state = 1 AND sequence > ?1 AND ?2 = ''", last, "");
        if (!found) return std::unexpected(after(std::move(found.error())));
        if (!*found) break;
        last = (*found)->sequence;
        all.push_back(std::move(**found));
    }
    return all;
}

Result<void> Outbox::settled(std::int64_t sequence) {
    auto moved = move(sequence, State::kWaiting, State::kSettled, "");
    if (!moved) return std::unexpected(std::move(moved.error()));
    if (*moved) --waiting_;
    return {};
}

Result<void> Outbox::was_refused(std::int64_t sequence, const std::string& problem) {
    auto moved = move(sequence, State::kWaiting, State::kRefused, problem);
    if (!moved) return std::unexpected(std::move(moved.error()));
    if (*moved) --waiting_, ++refused_;
    return {};
}

Result<void> Outbox::drop_refused(const std::string& id) {
    auto found = find(id);
    if (!found) return std::unexpected(std::move(found.error()));
    if (!*found || (*found)->state != State::kRefused)
        return fail(ErrorCode::kNotFound, "no sale with this id is kept as refused");
    auto moved = move((*found)->sequence, State::kRefused, State::kSettled, "");
    if (!moved) return std::unexpected(std::move(moved.error()));
    --refused_;
    return {};
}

Result<bool> Outbox::move(std::int64_t sequence, State from, State to, const std::string& problem) {
    if (auto fine = ready(); !fine) return std::unexpected(std::move(fine.error()));
    const bool synced = from == State::kRefused;  // what a person dropped is gone for good
    auto moved = rows_->move(sequence, from, to, problem, synced);
    if (!moved && moved.error().code == ErrorCode::kStorageFull) {
        room_.give_up();
        if (auto emptied = rows_->file().checkpoint(); !emptied)
            return std::unexpected(after(std::move(emptied.error())));
        moved = rows_->move(sequence, from, to, problem, synced);
    }
    if (!moved) return std::unexpected(after(std::move(moved.error())));
    return moved;
}

Result<void> Outbox::look_after() {
    return shorten_log(kLogBytesIdle);
}

Result<void> Outbox::shorten_log(std::uint64_t at) {
    if (auto fine = ready(); !fine) return fine;
    if (rows_->file().log_bytes() < at) return {};
    if (auto short_again = rows_->file().checkpoint(); !short_again)
        return std::unexpected(after(std::move(short_again.error())));
    return {};
}

}  // namespace tillkeeper::pos
