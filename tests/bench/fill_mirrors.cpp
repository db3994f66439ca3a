#include "tests/bench/fill_mirrors.h"

#include <chrono>
#include <istream>
#include <ostream>
#include <vector>

#include "storage/mirrors.h"
#include "tests/bench/sample_members.h"

namespace tillkeeper::bench {
namespace {

using Row = storage::MirrorRow (*)(std::uint64_t place, const sync::SourceConfig& config);

Result<double> bring_all(storage::Mirrors& mirrors, const sync::SourceConfig& config, std::uint64_t count, Row row_at) {
    double json = 0;
    std::vector<storage::MirrorRow> rows;
    for (std::uint64_t place = 0; place < count; ++place) {
        rows.push_back(row_at(place, config));
        json += static_cast<double>(rows.back().body.size());
        if (rows.size() < storage::kMirrorPageRowsMax && place + 1 < count) continue;
        if (auto done = mirrors.apply(config.collection, rows, ""); !done) return std::unexpected(done.error());
        rows.clear();
    }
    return json;
}

Result<FilledCollection> fill(storage::Mirrors& mirrors, const sync::SourceConfig& config, std::uint64_t count,
                              Row row_at) {
    const auto started = std::chrono::steady_clock::now();
    const std::uint64_t before = mirrors.bytes();
    const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    if (auto begun = mirrors.begin(config.collection, {.full = true, .started = now}); !begun)
        return std::unexpected(begun.error());
    const auto json = bring_all(mirrors, config, count, row_at);
    if (!json) return std::unexpected(json.error());
    if (auto shown = mirrors.finish(config.collection, "", ""); !shown) return std::unexpected(shown.error());
    for (Result<bool> more = true; *more;)
        if (more = mirrors.tidy(); !more) return std::unexpected(more.error());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    return FilledCollection{mirrors.bytes() - before, *json, took.count()};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const FilledCollection& filled) {
    return out << filled.file_bytes << ' ' << filled.json_bytes << ' ' << filled.seconds;
}

std::istream& operator>>(std::istream& in, FilledCollection& filled) {
    return in >> filled.file_bytes >> filled.json_bytes >> filled.seconds;
}

Result<FilledMirrors> fill_mirrors(const std::filesystem::path& folder, std::uint64_t members, std::uint64_t products) {
    std::filesystem::create_directories(folder);
    std::string anew;
    auto mirrors = storage::Mirrors::open({.folder = folder, .key = "", .vfs = ""}, anew);
    if (!mirrors) return std::unexpected(mirrors.error());
    FilledMirrors filled;
    auto done = fill(**mirrors, members_config(), members, member_row);
    if (!done) return std::unexpected(done.error());
    filled.members = *done;
    done = fill(**mirrors, products_config(), products, product_row);
    if (!done) return std::unexpected(done.error());
    filled.products = *done;
    return filled;
}

}  // namespace tillkeeper::bench
