#include "storage/mirrors/bulk_index.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "storage/mirrors/sql.h"

namespace tillkeeper::storage {
namespace {

constexpr std::size_t kEntryBytes = kMirrorHashBytes + 8;
constexpr std::size_t kMergedInOneSlice = 4096;

// As it lies in `spills`: hash, record, whether deleted. A bucket of five million members has half a million.
using Packed = std::array<unsigned char, kEntryBytes>;

void add_entry(std::string& bytes, std::string_view hash, std::int64_t record, bool deleted) {
    bytes += hash;
    const auto value = static_cast<std::uint64_t>(record) << 1 | (deleted ? 1 : 0);
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
}

std::string_view hash_of(const Packed& entry) {
    return {reinterpret_cast<const char*>(entry.data()), kMirrorHashBytes};
}

std::uint64_t value_of(const Packed& entry) {
    std::uint64_t value = 0;
    for (std::size_t at = kMirrorHashBytes; at < kEntryBytes; ++at) value = value << 8 | entry[at];
    return value;
}

// Sorted by hash and record.
Result<std::vector<Packed>> read_bucket(Connection& connection, std::int64_t run, std::int64_t bucket) {
    std::vector<Packed> entries;
    auto done = each_row(
        connection, "SELECT entries FROM spills WHERE run = ?1 AND bucket = ?2",
        [&](const Statement& row) {
            for (std::string_view rest = row.bytes(0); rest.size() >= kEntryBytes; rest.remove_prefix(kEntryBytes))
                std::ranges::copy(rest.substr(0, kEntryBytes), entries.emplace_back().begin());
        },
        run, bucket);
    if (!done) return std::unexpected(std::move(done.error()));
    std::ranges::sort(entries);
    return entries;
}

}  // namespace

void BulkIndex::buffer(const StoredRecord& record) {
    const std::string_view hashes = record.hashes;
    for (std::size_t at = 0; at < hashes.size(); at += kMirrorHashBytes) {
        const auto first = static_cast<unsigned char>(hashes[at]);
        const unsigned half = at == 0 ? 0 : kBuckets / 2;
        entries_.push_back({static_cast<std::uint8_t>(half + (first >> 1U)),
                            std::string(hashes.substr(at, kMirrorHashBytes)), record.id, !record.present()});
    }
    last_ = record.id;
}

Result<void> BulkIndex::load(Connection& connection, const RunRow& run) {
    if (run_ == run.run) return {};
    run_ = run.run;
    last_ = run.spilled;
    entries_.clear();
    auto done = each_row(
        connection, "SELECT id, hashes, length(body) FROM records WHERE id > ?1 AND run = ?2 ORDER BY id",
        [&](const Statement& row) {
            buffer({.id = row.integer(0),
                    .hashes = std::string(row.bytes(1)),
                    .body = std::string(row.integer(2) == 0 ? 0 : 1, ' ')});
        },
        std::max(run.spilled, run.first - 1), run.run);
    if (!done) forget();
    return done;
}

Result<void> BulkIndex::add(Connection& connection, RunRow& run, const StoredRecord& record) {
    if (auto loaded = load(connection, run); !loaded) return loaded;
    if (record.id > last_) buffer(record);
    return entries_.size() < kBufferedMax ? Result<void>{} : spill(connection, run);
}

Result<void> BulkIndex::spill(Connection& connection, RunRow& run) {
    if (entries_.empty()) return {};
    std::ranges::sort(entries_, {}, [](const Entry& e) { return std::tie(e.bucket, e.hash, e.record); });
    for (auto from = entries_.begin(); from != entries_.end();) {
        const auto bucket = from->bucket;
        std::string bytes;
        for (; from != entries_.end() && from->bucket == bucket; ++from)
            add_entry(bytes, from->hash, from->record, from->deleted);
        auto done = run_sql(connection, "INSERT INTO spills VALUES (?1, ?2, ?3, ?4)", run.run, std::int64_t{bucket},
                            run.spills, Blob{bytes});
        if (!done) return done;
    }
    ++run.spills;
    run.spilled = last_;
    entries_.clear();
    return {};
}

Result<bool> BulkIndex::merge(Connection& connection, RunRow& run) {
    if (run.merged == kBuckets) return false;
    if (auto loaded = load(connection, run); !loaded) return std::unexpected(std::move(loaded.error()));
    if (auto done = spill(connection, run); !done) return std::unexpected(std::move(done.error()));
    for (std::size_t merged = 0; merged < kMergedInOneSlice && run.merged < kBuckets;) {
        auto count = merge_bucket(connection, run);
        if (!count) return std::unexpected(std::move(count.error()));
        merged += *count;
    }
    return run.merged < kBuckets;
}

Result<std::size_t> BulkIndex::merge_bucket(Connection& connection, RunRow& run) {
    auto entries = read_bucket(connection, run.run, run.merged);
    if (!entries) return std::unexpected(std::move(entries.error()));
    const bool keys = run.merged < kBuckets / 2;
    Result<void> done;
    for (std::size_t i = 0; done && i < entries->size(); ++i) {
        const Packed& entry = (*entries)[i];
        const std::uint64_t value = value_of(entry);
        const auto record = static_cast<std::int64_t>(value >> 1);
        done = insert_lookup(connection, 2 * run.run + (keys ? 0 : 1), hash_of(entry), record);
        if (!keys) continue;
        const bool newest = i + 1 == entries->size() || hash_of(entry) != hash_of((*entries)[i + 1]);
        const bool deleted = (value & 1) != 0;
        if (newest && !deleted) ++run.records;
        if (done && (!newest || deleted))
            done = run_sql(connection, "INSERT OR IGNORE INTO stale VALUES (?1, ?2)", run.run, record);
    }
    if (done) done = run_sql(connection, "DELETE FROM spills WHERE run = ?1 AND bucket = ?2", run.run, run.merged);
    if (!done) return std::unexpected(std::move(done.error()));
    ++run.merged;
    return entries->size();
}

}  // namespace tillkeeper::storage
