#include "tests/simulation/points/feed.h"

#include <algorithm>
#include <vector>

namespace tillkeeper::simulation {
namespace {

constexpr std::size_t kRowsAPage = 2;

std::string joined(const std::vector<std::string>& all) {
    std::string out;
    for (const auto& one : all) out += (out.empty() ? "" : ",") + one;
    return out;
}

std::string text_or_null(const std::string& text) {
    return text.empty() ? "null" : '"' + text + '"';
}

std::string document(const std::vector<std::string>& records, const std::vector<std::string>& deleted,
                     const std::string& next, const std::string& cursor) {
    return R"({"records":[)" + joined(records) + R"(],"deleted":[)" + joined(deleted) + R"(],"next":)" +
           text_or_null(next) + R"(,"cursor":)" + text_or_null(cursor) + '}';
}

std::uint64_t number_in(const std::string& text) {
    return text.empty() ? 0 : std::stoull(text);
}

}  // namespace

const std::string* Feed::find(const std::string& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() || found->second.record.empty() ? nullptr : &found->second.record;
}

// A page's name: the version when its run began, and the key before it.
std::string Feed::page(const FeedQuestion& asked) const {
    const auto colon = asked.page.find(':');
    const std::uint64_t began = asked.page.empty() ? version_ : number_in(asked.page.substr(0, colon));
    const std::uint64_t since = number_in(asked.cursor);
    std::vector<std::string> records;
    std::vector<std::string> deleted;
    std::string next;
    auto row = asked.page.empty() ? rows_.begin() : rows_.upper_bound(asked.page.substr(colon + 1));
    for (std::string last; row != rows_.end() && next.empty(); last = row->first, ++row) {
        if (row->second.version <= since || (asked.cursor.empty() && row->second.record.empty())) continue;
        if (records.size() + deleted.size() == kRowsAPage)
            next = std::to_string(began) + ':' + last;
        else if (row->second.record.empty())
            deleted.push_back('"' + row->first + '"');
        else
            records.push_back(row->second.record);
    }
    const std::uint64_t cursor = asked.yesterday ? std::max<std::uint64_t>(began / 2, 1) : began;
    return document(records, deleted, next, std::to_string(cursor));
}

std::size_t Catalogue::at(Duration when) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < generations_.size(); ++i)
        if (generations_[i].since <= when) found = i;
    return found;
}

// A page's name: its generation, and how many articles came before it.
std::string Catalogue::page(const FeedQuestion& asked, std::size_t remembered) const {
    const auto colon = asked.page.find(':');
    const std::size_t generation = asked.page.empty() ? newest() : number_in(asked.page.substr(0, colon));
    const std::size_t since = asked.cursor.empty() ? 0 : number_in(asked.cursor) - 1;
    const auto forgotten = [&](std::size_t known) { return known + remembered < newest(); };
    if ((!asked.page.empty() && forgotten(generation)) || (!asked.cursor.empty() && forgotten(since))) return {};
    const std::size_t before = asked.page.empty() ? 0 : number_in(asked.page.substr(colon + 1));
    const std::size_t count = articles(generation);
    const bool unchanged = !asked.cursor.empty() && since == generation;
    std::vector<std::string> records;
    std::vector<std::string> deleted;
    for (std::size_t i = before; i < std::min(count, before + kRowsAPage) && !unchanged; ++i)
        records.push_back(R"({"sku":"p)" + std::to_string(i) + R"(","range":"all","generation":)" +
                          std::to_string(generation) + '}');
    const bool last = unchanged || before + kRowsAPage >= count;
    std::size_t ever = 0;
    for (std::size_t i = since; i <= generation; ++i) ever = std::max(ever, articles(i));
    for (std::size_t i = count; last && !asked.cursor.empty() && i < ever; ++i)
        deleted.push_back("\"p" + std::to_string(i) + '"');
    const std::size_t told = asked.yesterday && generation > 0 ? generation - 1 : generation;
    return document(records, deleted,
                    last ? "" : std::to_string(generation) + ':' + std::to_string(before + kRowsAPage),
                    std::to_string(told + 1));
}

}  // namespace tillkeeper::simulation
