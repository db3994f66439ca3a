#include "agent/privacy/journal_keys.h"

#include <algorithm>

#include "agent/config/key_file.h"
#include "agent/contract/problem.h"
#include "agent/local/control_answer.h"
#include "platform/log.h"
#include "storage/erasure.h"
#include "storage/key_checks.h"
#include "storage/resealing.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kTryAgain = std::chrono::minutes(1);

const auto kTellNobody = [](storage::WorkProgress) {};

// Opens what either of them opens.
storage::BodyKeys both(storage::BodyKeys keys, const storage::BodyKeys& others) {
    if (!others.current.empty()) keys.older.push_back(others.current);
    keys.older.insert(keys.older.end(), others.older.begin(), others.older.end());
    return keys;
}

}  // namespace

void JournalKeys::start() {
    if (busy_) return;
    busy_ = true;
    parts_.upkeep.run(std::make_unique<storage::Resealing>(), parts_.loop, kTellNobody,
                      [this](std::unique_ptr<storage::SlicedWork>, Result<void> done) {
                          busy_ = false;
                          if (!done) return again_later(done.error());
                          error_.clear();
                          scrub();
                      });
}

// Where bodies lay as they were, copies may be left.
void JournalKeys::scrub() {
    parts_.upkeep.run(std::make_unique<storage::Scrubbing>(), parts_.loop, kTellNobody,
                      [this](std::unique_ptr<storage::SlicedWork>, Result<void> done) {
                          if (!done) again_later(done.error());
                      });
}

void JournalKeys::again_later(const Error& error) {
    if (error_ != error.message) log(LogLevel::kError, "sealing anew waits", {{"reason", error.message}});
    error_ = error.message;
    again_ = parts_.loop.after(kTryAgain, [this] { start(); });
}

void JournalKeys::handle(const ServerRequest& request, HttpServer::Reply reply) {
    if (request.method == "POST" && request.path == "/keys/reload") return reload(std::move(reply));
    if (request.method == "GET" && request.path == "/keys") return reply(control_answer(state()));
    reply(control_answer(fail(ErrorCode::kNotFound, "no such path")));
}

// The reader must know a new key before anything is sealed with it, and the old one until nothing is.
void JournalKeys::reload(HttpServer::Reply reply) {
    if (parts_.file.empty())
        return reply(control_answer(fail(ErrorCode::kInvalid, "journal.key_file is missing in the configuration")));
    auto keys = read_key_file(parts_.file);
    if (!keys) return reply(control_answer(std::unexpected(keys.error())));
    const auto either = both(*keys, parts_.keys);
    parts_.reader.use_keys(either);
    parts_.tell_others(either, [this, keys = *keys, reply = std::move(reply)]() mutable {
        change(std::move(keys), std::move(reply));
    });
}

void JournalKeys::change(storage::BodyKeys keys, HttpServer::Reply reply) {
    auto work = std::make_unique<storage::KeyChange>(keys);
    parts_.upkeep.run(std::move(work), parts_.loop, kTellNobody,
                      [this, keys = std::move(keys), reply = std::move(reply)](std::unique_ptr<storage::SlicedWork>,
                                                                               Result<void> done) mutable {
                          if (done) parts_.keys = std::move(keys);
                          parts_.reader.use_keys(parts_.keys);
                          parts_.tell_others(parts_.keys, [] {});
                          if (!done) return reply(control_answer(std::unexpected(done.error())));
                          start();
                          // Where it fails the copies are sealed at the next start; the journal does not wait for them.
                          done = parts_.seal_copies(parts_.keys);
                          reply(done ? control_answer(state()) : control_answer(std::unexpected(done.error())));
                      });
}

Result<std::string> JournalKeys::state() {
    auto keys = parts_.reader.key_state();
    if (!keys) return std::unexpected(keys.error());
    auto bounds = parts_.reader.bounds();
    if (!bounds) return std::unexpected(bounds.error());
    const auto& checks = keys->checks;
    const bool plain = std::ranges::find(checks, storage::kPlainCheck) != checks.end();
    const std::size_t older = checks.empty() ? 0 : checks.size() - 1 - (plain ? 1 : 0);
    const std::size_t given = parts_.keys.current.empty() ? 0 : 1 + parts_.keys.older.size();
    return std::string("{\"sealed\":") + (checks.empty() ? "false" : "true") +
           ",\"current\":" + (checks.empty() ? "null" : quoted(checks.front())) + ",\"keys\":" + std::to_string(given) +
           ",\"older_needed\":" + std::to_string(older) + ",\"plain\":" + (plain || checks.empty() ? "true" : "false") +
           ",\"resealed_up_to\":" + std::to_string(checks.size() > 1 ? keys->resealed_up_to : bounds->last) +
           ",\"newest\":" + std::to_string(bounds->last) + ",\"error\":" + (error_.empty() ? "null" : quoted(error_)) +
           '}';
}

}  // namespace tillkeeper::agent
