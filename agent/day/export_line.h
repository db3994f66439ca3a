// One entry of the journal as a line of JSON: what an export holds, and what headquarters checks manifests with.
//
//   {"number","kind","till","till_sequence","transaction_id","type","business_day","occurred_at","refers_to","receipt",
//    "problems","repairs","arrived_at","clock_trusted","hash","body_sha256","erased","body"}
//
// `body` is text: exactly the bytes that the till handed over. A damaged entry is {"number","damaged"}. The last line
// proves that nothing is missing: {"export":{"entries","first","last","head","sha256"}}, of all bytes before it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/result.h"
#include "storage/entry.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kExportLineBytesMax = std::size_t{4} << 20;  // an entry's megabyte, escaped

[[nodiscard]] std::string export_line(const storage::Entry& entry);
// kInvalid: not such a line. kCorrupt: the body is not the one that was exported.
[[nodiscard]] Result<storage::Entry> read_export_line(std::string_view line);

struct ExportEnd {
    std::int64_t entries = 0;
    storage::JournalNumber first = 0;
    storage::JournalNumber last = 0;
    std::string head;    // hash of the last entry, as hex
    std::string sha256;  // of all lines before, with their line breaks, as hex
};
[[nodiscard]] std::string export_end(const ExportEnd& end);
// Nothing: another kind of line.
[[nodiscard]] std::optional<ExportEnd> read_export_end(std::string_view line);

// What headquarters received: a line of an export, or a CloudEvent as destinations get it. kInvalid: neither.
[[nodiscard]] Result<storage::Entry> read_received_line(std::string_view line);

}  // namespace tillkeeper::agent
