// A source in virtual time: a feed that changes, mirrors in memory, and whatever goes wrong between them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/source.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_device.h"
#include "tests/fakes/fake_http.h"
#include "tests/fakes/fake_loop.h"
#include "tests/fakes/seeded_random.h"
#include "tests/sync/fake_journal.h"
#include "tests/sync/fake_mirrors.h"

namespace tillkeeper::sync {

class SourceWorld : public ::testing::Test {
  protected:
    SourceWorld();
    // Records that changed after `cursor`, `page_rows` a page; "p<n>" names the page from row n on.
    HttpResponse serve(const HttpRequest& request) const;
    void change(const std::string& key, int value);
    void remove(const std::string& key);

    SourceConfig config() const;
    Source& open(SourceConfig config);
    Source& open() { return open(config()); }
    void crash() { opened.reset(); }  // what the mirrors committed stays
    void run(Duration duration) { loop.advance(duration); }
    [[nodiscard]] std::map<std::string, std::string> visible() {
        std::map<std::string, std::string> rows;
        for (const auto& [key, row] : mirrors.visible("members")) rows[key] = row.body;
        return rows;
    }
    [[nodiscard]] std::map<std::string, std::string> wanted() const { return feed; }

    fakes::FakeClock clock;
    fakes::FakeLoop loop{clock};
    fakes::FakeDevice device;
    fakes::SeededRandom random{7};
    fakes::FakeHttp http{loop};
    fakes::FakeJournal journal{loop};
    fakes::FakeMirrors mirrors;
    SyncParts parts{.loop = loop,
                    .clock = clock,
                    .device = device,
                    .random = random,
                    .http = http,
                    .reader = journal,
                    .writer = journal,
                    .store_id = "0042"};

    // The cloud.
    std::map<std::string, std::string> feed;  // key -> record
    struct Change {
        std::string key;
        bool deleted = false;
    };
    std::vector<Change> changes;
    std::size_t oldest = 0;  // a cursor below is forgotten
    std::size_t page_rows = 10;
    std::function<std::optional<HttpResponse>(const HttpRequest&)> fault;

    bool sales_wait = false;
    storage::JournalNumber delivered = 0;
    int changed = 0;
    std::unique_ptr<Source> opened;
};

}  // namespace tillkeeper::sync
