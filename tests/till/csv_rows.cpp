#include "tests/till/csv_rows.h"

#include <zlib.h>

#include <algorithm>
#include <string_view>

namespace tillkeeper::till {
namespace {

constexpr std::size_t kRowBytesMax = 1024 * 1024;
constexpr int kEnd = -1;

// Good enough for telling it from ISO 8859-1: lead bytes followed by the right number of others.
bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) continue;
        const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (lead < 0xC2 || lead > 0xF4 || i + more >= text.size()) return false;
        for (std::size_t k = 1; k <= more; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
        i += more;
    }
    return true;
}

}  // namespace

std::string as_utf8(std::string text) {
    if (is_utf8(text)) return text;
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xC0 | byte >> 6);
            out += static_cast<char>(0x80 | (byte & 0x3F));
        }
    }
    return out;
}

void CsvRows::Close::operator()(gzFile_s* file) const {
    gzclose(file);
}

Result<CsvRows> CsvRows::open(const std::string& path) {
    gzFile_s* file = gzopen(path.c_str(), "rb");
    if (file == nullptr) return fail(ErrorCode::kNotFound, path + " cannot be opened");
    CsvRows rows(file);
    // gzopen() opens folders as well; reading tells.
    if (const int first = rows.get(); first != kEnd) --rows.at_;
    if (rows.damaged_) return fail(ErrorCode::kNotFound, path + " cannot be read");
    const std::string_view start(rows.buffer_.data(), std::min<std::size_t>(rows.filled_, 3));
    if (start == "\xEF\xBB\xBF") rows.at_ = 3;
    return rows;
}

int CsvRows::get() {
    if (at_ == filled_) {
        const int count = gzread(file_.get(), buffer_.data(), static_cast<unsigned>(buffer_.size()));
        int status = Z_OK;
        if (count <= 0) gzerror(file_.get(), &status);
        damaged_ = damaged_ || count < 0 || status == Z_BUF_ERROR;  // the latter: the file ends too early
        if (count <= 0) return kEnd;
        filled_ = static_cast<std::size_t>(count);
        at_ = 0;
    }
    ++row_bytes_;
    return static_cast<unsigned char>(buffer_[at_++]);
}

// True when another field of the same row follows.
bool CsvRows::read_field(std::string& field) {
    bool quoted = false;
    int c = get();
    if (c != '"' && c != ',' && c != '\n' && c != kEnd) {
        // Nearly every field: all of it at once, as far as the buffer goes.
        field += static_cast<char>(c);
        const std::string_view rest(buffer_.data() + at_, filled_ - at_);
        const std::string_view line = rest.substr(0, rest.find('\n'));
        const std::string_view plain = line.substr(0, line.find(','));
        field += plain;
        at_ += plain.size();
        row_bytes_ += plain.size();
        c = get();
    } else if (c == '"') {
        quoted = true;
        c = get();
    }
    for (; c != kEnd && row_bytes_ <= kRowBytesMax; c = get()) {
        if (quoted && c == '"') {
            c = get();
            if (c != '"') {
                quoted = false;
                // What follows a closing quote belongs to the field, up to the comma.
                if (c == kEnd) break;
            } else {
                field += '"';
                continue;
            }
        }
        if (!quoted && c == ',') return true;
        if (!quoted && c == '\n') return false;
        field += static_cast<char>(c);
    }
    at_end_ = c == kEnd;
    return false;
}

Result<bool> CsvRows::next(std::vector<std::string>& fields) {
    do {
        if (at_end_) return false;
        fields.clear();
        row_bytes_ = 0;
        bool more = true;
        while (more) more = read_field(fields.emplace_back());
        if (damaged_) return fail(ErrorCode::kCorrupt, "the file is damaged after row " + std::to_string(row_));
        if (row_bytes_ > kRowBytesMax)
            return fail(ErrorCode::kLimit,
                        "the row after row " + std::to_string(row_) + " does not end: a quote is open");
        if (fields.back().ends_with('\r')) fields.back().pop_back();
    } while (fields.size() == 1 && fields.front().empty());
    ++row_;
    for (auto& field : fields) field = as_utf8(std::move(field));
    return true;
}

}  // namespace tillkeeper::till
