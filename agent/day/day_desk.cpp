#include "agent/day/day_desk.h"

#include <utility>

#include "agent/contract/problem.h"
#include "agent/day/closing.h"
#include "agent/day/manifest_key.h"
#include "agent/local/control_answer.h"
#include "agent/lookups/record_text.h"
#include "platform/log.h"
#include "storage/own_entries.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

constexpr int kManifestsMax = 400;  // a year's
constexpr Duration kBetweenLooks = std::chrono::minutes(1);

std::string query(const ServerRequest& request, const char* name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? "" : found->second;
}

std::unexpected<Error> no_date() {
    return fail(ErrorCode::kInvalid, "not a date: write it as 2026-11-20");
}

}  // namespace

Result<std::string> manifests_json(storage::JournalReader& reader, std::optional<BusinessDay> day) {
    const auto entries = reader.newest_own_entries(storage::kDayManifest, kManifestsMax);
    if (!entries) return std::unexpected(entries.error());
    std::string out = "{\"manifests\":[";
    for (const auto& entry : *entries) {
        auto made = manifest_in(entry);
        if (!made || (day && made->manifest.business_day != to_text(*day))) continue;
        if (out.back() == '}') out += ',';
        auto mention = mention_json({entry.number, std::move(made->manifest)});
        if (day) mention = with_member(mention, "jws", quoted(made->jws));
        out += mention;
    }
    return out + "]}";
}

std::vector<ManifestMention> manifests_of(storage::JournalReader& reader, BusinessDay day) {
    std::vector<ManifestMention> mentions;
    const auto entries = reader.newest_own_entries(storage::kDayManifest, kManifestsMax);
    if (!entries) return mentions;
    for (const auto& entry : *entries) {
        if (entry.business_day != to_text(day)) continue;
        auto made = manifest_in(entry);
        if (!made) continue;
        made->manifest.rows.clear();
        mentions.push_back({entry.number, std::move(made->manifest)});
    }
    return mentions;
}

Result<std::string> day_of_stopped(storage::JournalReader& reader, const StoppedStore& store, const std::string& date,
                                   bool csv) {
    const auto day = date.empty() ? std::optional(open_day(store.now, store.day)) : parse_day(date);
    if (!day) return no_date();
    DayFeed feed(reader, store.day, {*day, *day});
    while (true) {
        const auto more = feed.step();
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
    }
    const DayReport report{store.store_id, *day, store.now, feed.book(*day), manifests_of(reader, *day)};
    return csv ? report_csv(report) : report_json(report);
}

DayDesk::DayDesk(MakerParts parts)
    : parts_(std::move(parts)), feed_(parts_.reader, parts_.day, DayWindow::around(today())), maker_(parts_) {}

BusinessDay DayDesk::today() const {
    return open_day(parts_.clock.wall(), parts_.day);
}

void DayDesk::start() {
    if (parts_.day.closes_at) look_at_clock();
}

void DayDesk::look_at_clock() {
    next_look_ = parts_.loop.after(kBetweenLooks, [this] { look_at_clock(); });
    if (!parts_.device.clock_trusted()) return;
    const auto covered = maker_.covered();
    if (!covered || !*covered) return;
    const auto day = day_to_close(parts_.clock.wall(), **covered, parts_.day);
    if (day) maker_.make(*day, [](const Result<int>&) {});
}

bool DayDesk::takes(const std::string& path) {
    return path == "/day" || path == "/day.csv" || path.starts_with("/manifests");
}

void DayDesk::handle(const ServerRequest& request, HttpServer::Reply reply) {
    if (request.path == "/manifests" && request.method == "POST") return make(request, std::move(reply));
    if (request.method != "GET") return reply(control_answer(fail(ErrorCode::kNotFound, "no such path")));
    if (request.path == "/day" || request.path == "/day.csv") return tell_day(request, std::move(reply));
    if (request.path == "/manifests/key") return reply(control_answer(manifest_key_json(parts_.data_folder)));
    const auto text = query(request, "date");
    const auto day = parse_day(text);
    if (!text.empty() && !day) return reply(control_answer(no_date()));
    reply(control_answer(manifests_json(parts_.reader, day)));
}

void DayDesk::tell_day(const ServerRequest& request, HttpServer::Reply reply) {
    const auto text = query(request, "date");
    const auto day = text.empty() ? std::optional(today()) : parse_day(text);
    if (!day) return reply(control_answer(no_date()));
    report(*day, [csv = request.path == "/day.csv", reply = std::move(reply)](Result<DayReport> told) mutable {
        if (!told) return reply(control_answer(std::unexpected(told.error())));
        auto answer = control_answer(csv ? report_csv(*told) : report_json(*told));
        if (csv) answer.content_type = "text/csv; charset=utf-8; header=present";
        reply(std::move(answer));
    });
}

void DayDesk::make(const ServerRequest& request, HttpServer::Reply reply) {
    const auto text = sync::is_json(request.body) ? text_member(request.body, "date") : "";
    const auto day = text.empty() ? std::optional(today()) : parse_day(text);
    if (!day) return reply(control_answer(no_date()));
    if (!parts_.device.clock_trusted())
        return reply(control_answer(
            fail(ErrorCode::kUnavailable, "the clock of this box is not set: a manifest would bear a wrong time")));
    maker_.make(*day, [reply = std::move(reply)](Result<int> made) mutable {
        reply(control_answer(made ? Result<std::string>("{\"made\":" + std::to_string(*made) + '}')
                                  : std::unexpected(made.error())));
    });
}

void DayDesk::report(BusinessDay day, Told told) {
    feed_.move_to(DayWindow::around(today()));
    if (day < feed_.window().first || day > feed_.window().last) return old_day(day, std::move(told));
    feed_.catch_up(parts_.loop, [this, day, told = std::move(told)](Result<void> read) mutable {
        told(read ? Result<DayReport>(report_of(feed_, day)) : std::unexpected(read.error()));
    });
}

void DayDesk::old_day(BusinessDay day, Told told) {
    if (old_) return told(fail(ErrorCode::kUnavailable, "another day is being read; try again in a minute"));
    old_ = std::make_unique<DayFeed>(parts_.reader, parts_.day, DayWindow{day, day});
    old_->catch_up(parts_.loop, [this, day, told = std::move(told)](Result<void> read) mutable {
        told(read ? Result<DayReport>(report_of(*old_, day)) : std::unexpected(read.error()));
        parts_.loop.post([this] { old_.reset(); });  // it is still at work here
    });
}

DayReport DayDesk::report_of(const DayFeed& feed, BusinessDay day) const {
    return {parts_.store_id, day, parts_.clock.wall(), feed.book(day), manifests_of(parts_.reader, day)};
}

}  // namespace tillkeeper::agent
