// LiveSource: one question to the cloud itself, with a deadline. Pure policy (live_policy.h) behind a thin edge.
//
// A cloud that is slow rather than down does not slow the tills: after `missed_max` deadlines in a row only one probe
// at a time asks, and everybody else is told at once to use the mirror [sync-10]. Thread: the sync loop, except
// worth_asking().
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "sync/source.h"

namespace tillkeeper::sync {

struct LiveAnswer {
    enum class Outcome : std::uint8_t { kFound, kNotFound, kNoAnswer } outcome = Outcome::kNoAnswer;
    std::string key{};    // kFound: the record's key
    std::string body{};   // kFound: the record, JSON
    std::string cause{};  // kNoAnswer: "deadline", "offline", "login", "service", "busy"
};

inline constexpr std::size_t kLiveQuestionsMax = 32;  // under way at once, of one collection; further ones: "busy"

class LiveSource {
  public:
    [[nodiscard]] static Result<std::unique_ptr<LiveSource>> make(const SourceConfig& config, SyncParts& parts);
    virtual ~LiveSource() = default;

    // Any thread, cheap: whether asking is likely to be answered in time. A hint; ask() decides.
    [[nodiscard]] virtual bool worth_asking() const = 0;
    // `field` "" asks by key. `done` runs exactly once on the sync loop, at `deadline` at the latest; the request is
    // cancelled then. It may run before ask() returns; not at all once this object is destroyed.
    virtual void ask(const std::string& field, const std::string& value, MonotonicTime deadline,
                     std::move_only_function<void(LiveAnswer)> done) = 0;
};

}  // namespace tillkeeper::sync
