#include "agent/people_side.h"

#include <utility>

#include "agent/contract/problem.h"
#include "agent/local/control_answer.h"
#include "agent/local/offline_answer.h"
#include "agent/tills/tills_json.h"

namespace tillkeeper::agent {

PeopleSide::PeopleSide(PeopleParts parts)
    : parts_(std::move(parts)),
      till_feed_(parts_.reader),
      erasures_(erasure_parts()),
      keys_(key_parts()),
      decisions_({parts_.reader, parts_.writer, parts_.sync_loop, parts_.clock, parts_.device,
                  [this] { parts_.cloud.wake(); }}),
      control_(control_parts()),
      work_offline_(offline_parts()),
      outages_({parts_.reader, parts_.writer, parts_.sync_loop, parts_.clock, parts_.device}),
      days_(maker_parts()),
      hand_over_({parts_.reader, parts_.writer, parts_.sync_loop, parts_.clock, parts_.device}),
      day_pages_({days_, parts_.reader, parts_.clock, days_.zone(), parts_.config.store_id}),
      staff_page_(PageParts{parts_.till_loop, parts_.sync_loop, parts_.slow_loop, parts_.clock, parts_.zone,
                            parts_.reader, decisions_, till_feed_, outages_, parts_.config, day_pages_}),
      offline_desk_(work_offline_) {
    offline_desk_.open_at(staff_page_.staff());
}

void PeopleSide::start() {
    work_offline_.start();
    keys_.start();
    days_.start();
}

void PeopleSide::control(ServerRequest request, HttpServer::Reply reply) {
    if (request.path == "/erasures") return erasures_.handle(request, std::move(reply));
    if (request.path == "/outages") return reply(control_answer(outages_json(outages_.all())));
    if (request.path.starts_with("/keys")) return keys_.handle(request, std::move(reply));
    if (asks_for_offline(request)) return answer_offline(work_offline_, request, std::move(reply));
    if (request.path == "/import") return hand_over_.handle(request, std::move(reply));
    if (DayDesk::takes(request.path)) return days_.handle(request, std::move(reply));
    control_.handle(std::move(request), std::move(reply));
}

void PeopleSide::page(ServerRequest request, PageMoment moment, HttpServer::Reply reply) {
    staff_page_.handle(std::move(request), std::move(moment), std::move(reply));
}

void PeopleSide::note(const StoreState& store) {
    staff_page_.note(store);
}

ErasureParts PeopleSide::erasure_parts() {
    return {parts_.upkeep,
            parts_.reader,
            parts_.sync_loop,
            parts_.clock,
            parts_.device,
            parts_.config.privacy_keep,
            [this](const std::string& member) { return parts_.questions.erase_member(member); }};
}

KeyParts PeopleSide::key_parts() {
    return {parts_.upkeep,
            parts_.reader,
            parts_.sync_loop,
            parts_.config.journal_key_file,
            {parts_.config.journal_key, parts_.config.older_journal_keys},
            [this](storage::BodyKeys keys, Task then) { parts_.questions.use_keys(std::move(keys), std::move(then)); },
            [this](const storage::BodyKeys& keys) { return parts_.questions.change_keys(keys); }};
}

ControlParts PeopleSide::control_parts() {
    return {parts_.reader,
            decisions_,
            parts_.sync_loop,
            parts_.clock,
            parts_.config.destinations,
            [this] {
                auto state = parts_.cloud.state();
                state.not_accepting = parts_.intake_fault();
                return state;
            },
            [this](HttpServer::Reply reply) { tell_tills(std::move(reply)); },
            [this] { parts_.cloud.retry_now(); }};
}

WorkOfflineParts PeopleSide::offline_parts() {
    return {parts_.sync_loop,
            parts_.clock,
            parts_.device,
            parts_.reader,
            parts_.writer,
            [this](const std::optional<OfflineSpell>& spell) {
                parts_.network.turn(!spell);
                if (spell) return parts_.cloud.keep_offline(spell->until, spell->who + ": " + spell->why);
                parts_.cloud.keep_offline(std::nullopt, "");
            }};
}

MakerParts PeopleSide::maker_parts() {
    return {parts_.reader,
            parts_.writer,
            parts_.sync_loop,
            parts_.clock,
            parts_.device,
            {parts_.zone ? parts_.zone : [](WallTime) { return Duration::zero(); }, parts_.config.day_closes_at},
            parts_.config.store_id,
            parts_.config.data_folder};
}

// The journal's side is known on the sync loop, the bus's on the till loop.
void PeopleSide::tell_tills(HttpServer::Reply reply) {
    till_feed_.catch_up(parts_.sync_loop, [this, reply = std::move(reply)](Result<void> read) mutable {
        if (!read) return reply({.status = 503, .body = "{\"error\":" + quoted(read.error().message) + '}'});
        parts_.till_loop.post([this, reply = std::move(reply)]() mutable {
            parts_.sync_loop.post([this, seen = parts_.seen_tills(), reply = std::move(reply)]() mutable {
                reply({.body = tills_json(till_feed_.known(), till_feed_.up_to(), seen)});
            });
        });
    });
}

}  // namespace tillkeeper::agent
