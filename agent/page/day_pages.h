// DayPages: the report of a business day for a browser.
//
//   /day?date=   the page      /day.csv, /day.json   the same to keep      /manifest?number=   a signed manifest
//
// Ownership: everything passed in outlives it. Thread: the sync loop.
#pragma once

#include <string>

#include "agent/day/day_desk.h"
#include "agent/page/words.h"
#include "platform/http_server.h"

namespace tillkeeper::agent {

struct DayPageParts {
    DayDesk& desk;
    storage::JournalReader& reader;
    const Clock& clock;
    Zone zone;
    std::string store_id;
};

class DayPages {
  public:
    explicit DayPages(DayPageParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] static bool takes(const std::string& path);
    // Without the headers that every answer of the page has.
    void handle(const ServerRequest& request, const Words& words, HttpServer::Reply reply);

  private:
    [[nodiscard]] ServerResponse shown(const std::string& path, const DayReport& report, const Words& words) const;
    [[nodiscard]] ServerResponse refused(int status, const char* key, const Words& words) const;
    [[nodiscard]] ServerResponse manifest(const std::string& number, const Words& words) const;

    DayPageParts parts_;
};

}  // namespace tillkeeper::agent
