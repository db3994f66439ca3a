#include "tests/sync/source_world.h"

#include <set>

namespace tillkeeper::sync {
namespace {

std::string parameter(const std::string& url, const std::string& name) {
    const auto at = url.find(name + "=");
    if (at == std::string::npos) return {};
    const auto from = at + name.size() + 1;
    return url.substr(from, url.find('&', from) - from);
}

}  // namespace

SourceWorld::SourceWorld() {
    http.latency = std::chrono::milliseconds(5);
    http.respond = [this](const HttpRequest& request) -> std::optional<HttpResponse> {
        if (fault)
            if (auto answer = fault(request)) return answer->status == -1 ? std::nullopt : std::move(answer);
        return serve(request);
    };
    for (int i = 0; i < 35; ++i) change("m" + std::to_string(100 + i), i);
}

void SourceWorld::change(const std::string& key, int value) {
    feed[key] = R"({"member_id":")" + key + R"(","points":)" + std::to_string(value) + "}";
    changes.push_back({.key = key});
}

void SourceWorld::remove(const std::string& key) {
    feed.erase(key);
    changes.push_back({.key = key, .deleted = true});
}

HttpResponse SourceWorld::serve(const HttpRequest& request) const {
    const std::string since = parameter(request.url, "since");
    const std::string page = parameter(request.url, "page");
    const std::size_t cursor = since.empty() ? 0 : std::stoul(since.substr(1));
    if (!since.empty() && cursor < oldest) return fakes::http_answer(410);
    std::vector<std::string> records;
    std::vector<std::string> deleted;
    std::set<std::string> keys;
    for (std::size_t i = cursor; i < changes.size(); ++i) keys.insert(changes[i].key);
    std::size_t place = 0;
    const std::size_t from = page.empty() ? 0 : std::stoul(page.substr(1));
    for (const auto& key : keys) {
        const bool mine = place >= from && place < from + page_rows;
        ++place;
        if (!mine) continue;
        const auto record = feed.find(key);
        if (record != feed.end())
            records.push_back(record->second);
        else
            deleted.push_back('"' + key + '"');
    }
    const auto joined = [](const std::vector<std::string>& items) {
        std::string all;
        for (const auto& item : items) all += (all.empty() ? "" : ",") + item;
        return all;
    };
    const bool more = keys.size() > from + page_rows;
    std::string body = R"({"records":[)" + joined(records) + R"(],"deleted":[)" + joined(deleted) + R"(],"next":)" +
                       (more ? "\"p" + std::to_string(from + page_rows) + '"' : "null");
    if (from == 0) body += R"(,"cursor":"c)" + std::to_string(changes.size()) + '"';
    return fakes::http_answer(200, body + "}");
}

SourceConfig SourceWorld::config() const {
    SourceConfig made;
    made.collection = "members";
    made.url = "https://crm.example/members?since={cursor}&page={page}";
    made.record_key = "member_id";
    made.knows_deliveries_of = "crm";
    return made;
}

Source& SourceWorld::open(SourceConfig made) {
    auto made_source = Source::make(std::move(made), {.sync = parts,
                                                      .mirrors = mirrors,
                                                      .sales_wait = [this] { return sales_wait; },
                                                      .delivered = [this](const std::string&) { return delivered; },
                                                      .changed = [this](const std::string&) { ++changed; }});
    EXPECT_TRUE(made_source) << made_source.error().message;
    opened = std::move(*made_source);
    opened->start();
    return *opened;
}

}  // namespace tillkeeper::sync
