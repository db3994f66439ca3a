// Short words for tests of the mirrors.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "storage/mirror_reader.h"
#include "tests/storage/folder.h"

namespace tillkeeper::storage {

[[nodiscard]] inline MirrorOptions mirror_options(const std::string& folder, std::string key = "",
                                                  std::string vfs = "") {
    MirrorOptions options;
    options.folder = folder;
    options.key = std::move(key);
    options.vfs = std::move(vfs);
    return options;
}

[[nodiscard]] inline std::unique_ptr<Mirrors> open_mirrors(const MirrorOptions& options) {
    std::string anew;
    auto mirrors = Mirrors::open(options, anew);
    if (!mirrors) throw std::runtime_error(mirrors.error().message);
    if (!anew.empty()) throw std::runtime_error(anew);
    return std::move(*mirrors);
}

[[nodiscard]] inline std::unique_ptr<MirrorReader> read_mirrors(const MirrorOptions& options) {
    auto reader = MirrorReader::open(options);
    if (!reader) throw std::runtime_error(reader.error().message);
    return std::move(*reader);
}

[[nodiscard]] inline MirrorRow member(const std::string& key, const std::string& points,
                                      const std::string& phone = "") {
    MirrorRow row;
    row.key = key;
    row.body = R"({"member_id":")" + key + R"(","name":"Ada Lovelace )" + key + R"(","points":)" + points + "}";
    if (!phone.empty()) row.search = {{"phone", phone}, {"card", "29" + phone}};
    return row;
}

[[nodiscard]] inline MirrorRow gone(const std::string& key) {
    return {.key = key};
}

inline void must(Result<void> done) {
    ASSERT_TRUE(done) << done.error().message;
}

// A whole run of one page.
inline void pull(Mirrors& mirrors, bool full, const std::vector<MirrorRow>& rows, int hour = 0,
                 const std::string& collection = "members") {
    must(mirrors.begin(collection, {.full = full, .started = at_hour(hour)}));
    must(mirrors.apply(collection, rows, ""));
    must(mirrors.finish(collection, "cursor-" + std::to_string(hour), "etag"));
}

// Its points; "" where it cannot be seen.
[[nodiscard]] inline std::string points(MirrorReader& reader, const std::string& key,
                                        const std::string& collection = "members") {
    auto hit = reader.get(collection, key);
    if (!hit) return hit.error().message;
    if (!*hit) return "";
    const auto at = (*hit)->body.find("\"points\":") + 9;
    return (*hit)->body.substr(at, (*hit)->body.size() - at - 1);
}

[[nodiscard]] inline std::string keys_found(MirrorReader& reader, const SearchKey& by, int limit = 99) {
    auto hits = reader.find("members", by, limit);
    if (!hits) return hits.error().message;
    std::string keys;
    for (const auto& hit : *hits) keys += (keys.empty() ? "" : ",") + hit.key;
    return keys;
}

inline void tidy_up(Mirrors& mirrors) {
    for (int slices = 0; slices < 100'000; ++slices) {
        auto more = mirrors.tidy();
        ASSERT_TRUE(more) << more.error().message;
        if (!*more) return;
    }
    FAIL() << "tidying never ends";
}

}  // namespace tillkeeper::storage
