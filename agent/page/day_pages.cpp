#include "agent/page/day_pages.h"

#include <utility>

#include "agent/page/day_view.h"
#include "storage/own_entries.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

constexpr int kDaysInMenu = 7;

std::string query(const ServerRequest& request, const char* name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? "" : found->second;
}

ServerResponse file(std::string content_type, std::string name, std::string body) {
    ServerResponse answer{200, std::move(content_type), std::move(body)};
    answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + std::move(name) + '"');
    return answer;
}

ServerResponse html(int status, std::string body) {
    return {status, "text/html; charset=utf-8", std::move(body)};
}

}  // namespace

bool DayPages::takes(const std::string& path) {
    return path == "/day" || path == "/day.csv" || path == "/day.json" || path == "/manifest";
}

ServerResponse DayPages::refused(int status, const char* key, const Words& words) const {
    return html(status, render_no_day(key, parts_.store_id, words));
}

void DayPages::handle(const ServerRequest& request, const Words& words, HttpServer::Reply reply) {
    if (request.path == "/manifest") return reply(manifest(query(request, "number"), words));
    const auto text = query(request, "date");
    const auto day = text.empty() ? std::optional(parts_.desk.today()) : parse_day(text);
    if (!day) return reply(refused(400, "day.bad_date", words));
    parts_.desk.report(*day,
                       [this, path = request.path, &words, reply = std::move(reply)](Result<DayReport> told) mutable {
                           reply(told ? shown(path, *told, words) : refused(503, "day.busy", words));
                       });
}

ServerResponse DayPages::shown(const std::string& path, const DayReport& report, const Words& words) const {
    const std::string name = "day-" + report.store + '-' + to_text(report.day);
    if (path == "/day.csv") return file("text/csv; charset=utf-8; header=present", name + ".csv", report_csv(report));
    if (path == "/day.json") return file("application/json", name + ".json", report_json(report));
    std::vector<BusinessDay> days;
    for (int back = 0; back < kDaysInMenu; ++back) days.push_back(parts_.desk.today() - std::chrono::days(back));
    return html(200, render_day({report, parts_.clock.wall(), parts_.zone, std::move(days)}, words));
}

ServerResponse DayPages::manifest(const std::string& number, const Words& words) const {
    const auto wanted = sync::json_integer(number);
    const auto entry = parts_.reader.entry(wanted.value_or(0));
    // A till's transaction is never given out here, whatever it calls itself.
    if (!entry || !*entry || (*entry)->type != storage::kDayManifest || !(*entry)->till.empty())
        return refused(404, "refused.path", words);
    const auto made = manifest_in(**entry);
    if (!made) return refused(503, "day.busy", words);
    return file("application/jose", manifest_id(made->manifest) + ".jws", made->jws + '\n');
}

}  // namespace tillkeeper::agent
