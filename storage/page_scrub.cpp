#include "storage/page_scrub.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

namespace tillkeeper::storage {
namespace {

// https://www.sqlite.org/fileformat.html: section 1.3 the file's head, 1.5 free pages, 1.6 pages of rows.
constexpr std::size_t kPageBytesAt = 16;
constexpr std::size_t kFreeTrunkAt = 32;
constexpr std::size_t kHeadBytes = 100;
constexpr std::size_t kPageBytesMax = 4096;
constexpr std::size_t kLeafHeader = 8;
constexpr std::size_t kInnerHeader = 12;
constexpr std::int64_t kSlicePages = 512;
// A page of long rows begins with the number of the next one: below this it cannot be taken for a page of rows.
constexpr std::int64_t kPagesMax = std::int64_t{0x02} << 24;

using Page = std::vector<unsigned char>;

std::size_t two_bytes(std::span<const unsigned char> bytes, std::size_t at) {
    return static_cast<std::size_t>(bytes[at]) << 8 | bytes[at + 1];
}

std::uint32_t four_bytes(std::span<const unsigned char> bytes, std::size_t at) {
    return static_cast<std::uint32_t>(two_bytes(bytes, at) << 16 | two_bytes(bytes, at + 2));
}

Error failed(int code) {
    const auto base = code & 0xff;
    return {base == SQLITE_FULL ? ErrorCode::kStorageFull : ErrorCode::kIo, "journal: the file cannot be overwritten"};
}

std::int64_t place_of(std::int64_t number, const Page& page) {
    return (number - 1) * static_cast<std::int64_t>(page.size());
}

Result<void> read_page(sqlite3_file& file, std::int64_t number, Page& page) {
    const int code = file.pMethods->xRead(&file, page.data(), static_cast<int>(page.size()), place_of(number, page));
    return code == SQLITE_OK ? Result<void>{} : std::unexpected(failed(code));
}

// Writes zeros into [from, to) of that page where there is anything else.
Result<void> clear(sqlite3_file& file, std::int64_t number, const Page& page, std::size_t from, std::size_t to) {
    static constexpr std::array<unsigned char, kPageBytesMax> kZeros{};
    if (std::memcmp(page.data() + from, kZeros.data(), to - from) == 0) return {};
    const int code = file.pMethods->xWrite(&file, kZeros.data(), static_cast<int>(to - from),
                                           place_of(number, page) + static_cast<std::int64_t>(from));
    return code == SQLITE_OK ? Result<void>{} : std::unexpected(failed(code));
}

// Between the list of its rows and the first of them.
Result<void> clear_gap(sqlite3_file& file, std::int64_t number, const Page& page) {
    const unsigned kind = page[0];
    const bool leaf = kind == 0x0a || kind == 0x0d;
    if (!leaf && kind != 0x02 && kind != 0x05) return {};
    const std::size_t from = (leaf ? kLeafHeader : kInnerHeader) + 2 * two_bytes(page, 3);
    const std::size_t to = two_bytes(page, 5);
    if (from >= to || to > page.size()) return {};
    return clear(file, number, page, from, to);
}

}  // namespace

Result<bool> PageScrub::slice(Connection& connection) {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(connection.raw(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file == nullptr || file->pMethods == nullptr)
        return fail(ErrorCode::kInternal, "journal: there is no file");
    // An image in the cache may hold what is overwritten here, and would bring it back with its next change.
    sqlite3_db_release_memory(connection.raw());
    sqlite3_int64 bytes = 0;
    std::array<unsigned char, kHeadBytes> head{};
    int code = file->pMethods->xFileSize(file, &bytes);
    if (code == SQLITE_OK) code = file->pMethods->xRead(file, head.data(), static_cast<int>(head.size()), 0);
    if (code != SQLITE_OK) return std::unexpected(failed(code));
    pages_ = bytes / static_cast<std::int64_t>(page_bytes_);
    if (pages_ >= kPagesMax || page_bytes_ > kPageBytesMax || two_bytes(head, kPageBytesAt) != page_bytes_)
        return fail(ErrorCode::kInternal, "journal: a file of this form cannot be overwritten");
    Result<bool> more = true;
    if (next_ > pages_)
        more = free_pages(*file, four_bytes(head, kFreeTrunkAt));
    else if (auto done = rows(*file); !done)
        more = std::unexpected(std::move(done.error()));
    // Before the log begins anew, which may be at the next sale.
    code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    if (more && code != SQLITE_OK) return std::unexpected(failed(code));
    return more;
}

Result<void> PageScrub::rows(sqlite3_file& file) {
    Page page(page_bytes_);
    const std::int64_t end = std::min(next_ + kSlicePages, pages_ + 1);
    for (std::int64_t number = next_; number < end; ++number) {
        if (auto done = read_page(file, number, page); !done) return done;
        if (auto done = clear_gap(file, number, page); !done) return done;
    }
    next_ = end;
    return {};
}

// The next page that lists free ones, and what it lists. False: there is none left.
Result<bool> PageScrub::free_pages(sqlite3_file& file, std::uint32_t first_trunk) {
    Page trunk(page_bytes_);
    std::uint32_t number = first_trunk;
    std::set<std::uint32_t> passed;
    while (true) {
        if (number < 2 || number > pages_ || !passed.insert(number).second) return false;
        if (auto done = read_page(file, number, trunk); !done) return std::unexpected(std::move(done.error()));
        if (trunks_.insert(number).second) break;
        number = four_bytes(trunk, 0);
    }
    const std::size_t count = std::min<std::size_t>(four_bytes(trunk, 4), (trunk.size() - 8) / 4);
    Page page(page_bytes_);
    for (std::size_t at = 8; at < 8 + 4 * count; at += 4) {
        const std::uint32_t leaf = four_bytes(trunk, at);
        if (leaf < 2 || leaf > pages_) continue;
        if (auto done = read_page(file, leaf, page); !done) return std::unexpected(std::move(done.error()));
        if (auto done = clear(file, leaf, page, 0, page.size()); !done) return std::unexpected(std::move(done.error()));
    }
    if (auto done = clear(file, number, trunk, 8 + 4 * count, trunk.size()); !done)
        return std::unexpected(std::move(done.error()));
    return true;
}

}  // namespace tillkeeper::storage
