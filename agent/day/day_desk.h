// DayDesk: what people ask about business days, over the control socket and on the page, and the manifest that is made
// by itself after each of them.
//
//   GET  /day?date=2026-11-20        the report, see day_report.h; /day.csv the same as CSV; without date: today
//   GET  /manifests?date=2026-11-20  {"manifests":[{...,"jws"}]}; without date the newest ones, without their text
//   GET  /manifests/key              see manifest_key.h
//   POST /manifests                  {"date"}: makes one now; {"made":1}
//
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/day/day_feed.h"
#include "agent/day/day_report.h"
#include "agent/day/manifest_maker.h"
#include "platform/http_server.h"

namespace tillkeeper::agent {

class DayDesk {
  public:
    // Where the store's day has no closing time, manifests are made only when somebody asks.
    explicit DayDesk(MakerParts parts);

    // Looks from now on whether a day has ended.
    void start();

    // False: not a path of this desk; `reply` was not used.
    [[nodiscard]] static bool takes(const std::string& path);
    void handle(const ServerRequest& request, HttpServer::Reply reply);

    // The report of a day, when all of it is read. kUnavailable: another old day is being read.
    using Told = std::move_only_function<void(Result<DayReport>)>;
    void report(BusinessDay day, Told told);
    [[nodiscard]] BusinessDay today() const;
    [[nodiscard]] const StoreZone& zone() const { return parts_.day.zone; }

  private:
    void old_day(BusinessDay day, Told told);
    [[nodiscard]] DayReport report_of(const DayFeed& feed, BusinessDay day) const;
    void tell_day(const ServerRequest& request, HttpServer::Reply reply);
    void make(const ServerRequest& request, HttpServer::Reply reply);
    void look_at_clock();

    MakerParts parts_;
    DayFeed feed_;
    std::unique_ptr<DayFeed> old_;  // one at a time
    ManifestMaker maker_;
    Timer next_look_;
};

// The newest first. With `day` those of that day alone, each with its "jws".
[[nodiscard]] Result<std::string> manifests_json(storage::JournalReader& reader, std::optional<BusinessDay> day);
// The report of a journal that no daemon has, as JSON or CSV.
struct StoppedStore {
    std::string store_id;
    WallTime now;
    StoreDay day;
};
[[nodiscard]] Result<std::string> day_of_stopped(storage::JournalReader& reader, const StoppedStore& store,
                                                 const std::string& date, bool csv);
// What they say of themselves, of one day.
[[nodiscard]] std::vector<ManifestMention> manifests_of(storage::JournalReader& reader, BusinessDay day);

}  // namespace tillkeeper::agent
