#include "agent/work_offline.h"

#include <cjson/cJSON.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "agent/contract/card_number.h"
#include "agent/contract/problem.h"
#include "platform/log.h"
#include "storage/own_entries.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kTextBytesMax = 1000;
constexpr int kLookBack = 20;  // newest entries of staff
constexpr Duration kLookAgain = std::chrono::seconds(1);
constexpr std::string_view kOffline = "offline";
constexpr std::string_view kOnline = "online";

using Document = std::unique_ptr<cJSON, decltype([](cJSON* node) { cJSON_Delete(node); })>;

std::string text_of(const cJSON* root, const char* name) {
    const auto* node = cJSON_GetObjectItemCaseSensitive(root, name);
    return cJSON_IsString(node) ? node->valuestring : "";
}

Result<void> check(const std::string& who, const std::string& why) {
    if (who.empty() || why.empty()) return fail(ErrorCode::kInvalid, "\"who\" and \"why\" are required");
    if (who.size() > kTextBytesMax || why.size() > kTextBytesMax)
        return fail(ErrorCode::kInvalid, "at most 1000 bytes each of \"who\" and \"why\"");
    if (contains_card_number(who) || contains_card_number(why))
        return fail(ErrorCode::kInvalid,
                    "\"who\" and \"why\" stay in the journal: leave out what looks like a card number");
    return {};
}

}  // namespace

void WorkOffline::start() {
    const auto newest = parts_.reader.newest_own_entries(storage::kStaffAction, kLookBack);
    if (!newest) {
        log(LogLevel::kWarning, "not known whether this store is kept offline", {{"reason", newest.error().message}});
        over_ = parts_.loop.after(kLookAgain, [this] { start(); });
        return;
    }
    for (const auto& entry : *newest) {
        const Document root(cJSON_ParseWithLength(entry.body.data(), entry.body.size()));
        const auto action = text_of(root.get(), "action");
        if (action == kOnline) return;
        if (action != kOffline) continue;
        const auto until = parse_rfc3339(text_of(root.get(), "until"));
        if (!until) return;
        const auto left = what_is_left(entry.arrival, *until);
        if (left <= Duration::zero()) return record_end();
        return be(OfflineSpell{text_of(root.get(), "who"), text_of(root.get(), "why"), parts_.clock.wall() + left},
                  left);
    }
}

// In the boot that it began in the wall clock is not asked; elsewhere one that was set back does not make it longer.
Duration WorkOffline::what_is_left(const storage::Arrival& begun, WallTime until) const {
    const Duration span = until - begun.arrived_at;
    const bool this_boot = begun.boot_id == parts_.device.boot_id();
    const Duration gone =
        this_boot ? parts_.clock.monotonic() - begun.monotonic : Duration(parts_.clock.wall() - begun.arrived_at);
    return std::min(span - gone, span);
}

void WorkOffline::begin(std::string who, std::string why, Duration span, Done done) {
    if (span < kSpanMin || span > kSpanMax)
        return done(fail(ErrorCode::kInvalid, "a store is kept offline for 1 minute to 24 hours"));
    if (auto checked = check(who, why); !checked) return done(std::move(checked));
    OfflineSpell spell{std::move(who), std::move(why), parts_.clock.wall() + span};
    record(std::string(kOffline), spell, [this, spell, span, done = std::move(done)](Result<void> stored) mutable {
        if (stored) be(std::move(spell), span);
        done(std::move(stored));
    });
}

void WorkOffline::end(std::string who, std::string why, Done done) {
    if (!spell_) return done({});
    if (auto checked = check(who, why); !checked) return done(std::move(checked));
    record(std::string(kOnline), {std::move(who), std::move(why), parts_.clock.wall()},
           [this, done = std::move(done)](Result<void> stored) mutable {
               if (stored) be(std::nullopt, {});
               done(std::move(stored));
           });
}

void WorkOffline::record(const std::string& action, OfflineSpell spell, Done done) {
    if (recorded_) return done(fail(ErrorCode::kUnavailable, "somebody else does so at this moment; try again"));
    storage::NewEntry entry;
    const WallTime now = parts_.clock.wall();
    entry.type = storage::kStaffAction;
    entry.occurred_at = to_rfc3339(now);
    entry.transaction_id = entry.type + ':' + std::to_string(now.time_since_epoch().count()) + ':' + action;
    entry.arrival = {now, parts_.clock.monotonic(), parts_.device.boot_id(), parts_.device.clock_trusted()};
    entry.body = R"({"id":)" + quoted(entry.transaction_id) + R"(,"type":)" + quoted(entry.type) +
                 R"(,"occurred_at":)" + quoted(entry.occurred_at) + R"(,"action":)" + quoted(action) + R"(,"until":)" +
                 quoted(to_rfc3339(spell.until)) + R"(,"who":)" + quoted(spell.who) + R"(,"why":)" + quoted(spell.why) +
                 '}';
    recorded_ = std::move(done);
    const auto offered = parts_.writer.offer(std::move(entry), parts_.loop, [this](Result<storage::Receipt> stored) {
        const bool kept = stored && stored->acceptance == storage::Acceptance::kAccepted;
        std::exchange(recorded_, nullptr)(
            kept ? Result<void>() : fail(ErrorCode::kUnavailable, "it could not be recorded; nothing has changed"));
    });
    if (!offered) std::exchange(recorded_, nullptr)(std::unexpected(offered.error()));
}

void WorkOffline::be(std::optional<OfflineSpell> spell, Duration left) {
    spell_ = std::move(spell);
    over_ = spell_ ? parts_.loop.after(left, [this] { run_out(); }) : Timer();
    parts_.changed(spell_);
}

void WorkOffline::run_out() {
    be(std::nullopt, {});
    record_end();
}

// Of itself. To a clock that is set back, by hand or by a power cut, the beginning tells of an end that is still to
// come.
void WorkOffline::record_end() {
    record(std::string(kOnline), {"tillkeeper", "its time is over", parts_.clock.wall()}, [](const Result<void>& kept) {
        if (!kept) log(LogLevel::kWarning, "end of offline not recorded", {{"reason", kept.error().message}});
    });
}

}  // namespace tillkeeper::agent
