// The rows of a CSV file, plain or gzip, one at a time (RFC 4180, and what is found in the wild).
//
// Quoted fields may hold commas, quotes and line breaks. CRLF and LF both end a row; a byte-order mark is skipped;
// empty lines are no rows. Bytes that are not UTF-8 are taken for ISO 8859-1.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "platform/result.h"

struct gzFile_s;

namespace tillkeeper::till {

class CsvRows {
  public:
    // kNotFound when it cannot be opened.
    [[nodiscard]] static Result<CsvRows> open(const std::string& path);

    // Fills `fields`; false at the end. kCorrupt for a damaged gzip file, kLimit for a row over 1 MiB (an open quote).
    [[nodiscard]] Result<bool> next(std::vector<std::string>& fields);
    // Of the row last read, from 1.
    [[nodiscard]] std::int64_t row() const { return row_; }

  private:
    struct Close {
        void operator()(gzFile_s* file) const;
    };
    explicit CsvRows(gzFile_s* file) : file_(file) {}
    int get();
    [[nodiscard]] bool read_field(std::string& field);

    std::unique_ptr<gzFile_s, Close> file_;
    std::vector<char> buffer_ = std::vector<char>(65536);
    std::size_t at_ = 0;
    std::size_t filled_ = 0;
    std::size_t row_bytes_ = 0;
    std::int64_t row_ = 0;
    bool damaged_ = false;
    bool at_end_ = false;
};

// The same text where it is UTF-8, else each byte read as ISO 8859-1.
[[nodiscard]] std::string as_utf8(std::string text);

}  // namespace tillkeeper::till
