// A source's page, whatever it is: understood or refused as a whole, and what is kept is JSON within its limits.
// [sync-9]
//
// Input: one byte says how it is read, the rest is the body.
#include <memory>
#include <string>

#include "sync/json_slices.h"
#include "sync/live_answer.h"
#include "sync/page_reader.h"
#include "tests/fuzz/document.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"

using namespace tillkeeper;
using fuzz::require;

namespace {

sync::SourceConfig source(unsigned how) {
    sync::SourceConfig config;
    config.collection = "members";
    config.url = "https://crm.example/members?cursor={cursor}&page={page}";
    config.record_key = "id";
    config.kind = (how & 1U) != 0 ? sync::SourceKind::kGraphQl : sync::SourceKind::kRest;
    config.format = (how & 2U) != 0 ? sync::PageFormat::kNdjson : sync::PageFormat::kJson;
    config.search = {{.field = "phone", .normal = sync::Normal::kPhone, .prefix_min = 5, .country = "49"},
                     {.field = "name", .normal = sync::Normal::kFolded, .prefix_min = 3}};
    config.live.emplace().query = (how & 1U) != 0 ? "q" : "";
    return config;
}

void look_at(const storage::MirrorRow& row) {
    require(!row.key.empty() && row.key.size() <= storage::kMirrorKeyBytesMax, "a key has its limit");
    require(row.body.empty() || fuzz::is_json(row.body), "what is kept is JSON to others too");
    require(row.body.size() <= storage::kMirrorBodyBytesMax, "a record has its limit");
    require(row.search.size() <= sync::kSearchKeysMax, "search keys have their limit");
    for (const auto& key : row.search)
        require(!key.value.empty() && key.value.size() <= storage::kMirrorKeyBytesMax, "a search key has its limit");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto config = source(input.byte());
    const std::string body(input.rest());
    require(!sync::is_json(body) || fuzz::is_json(body), "what we take for JSON is JSON to others too");
    HttpResponse response;
    response.status = 200;
    response.body = body;
    const auto live = sync::read_live(response, config, nullptr);
    require(live.outcome != sync::LiveAnswer::Outcome::kFound || (!live.key.empty() && fuzz::is_json(live.body)),
            "who is found has a key and a record");
    const auto page = sync::read_page(std::move(response), config, nullptr);
    if (!page) return 0;
    for (const auto& piece : page->pieces)
        if (const auto row = sync::row_of(piece, config)) look_at(*row);
    return 0;
}
