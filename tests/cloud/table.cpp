#include "tests/cloud/table.h"

#include <charconv>

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || stop != text.data() + text.size()) return {};
    return value;
}

// "<kind><snapshot>:<place>"
struct PageName {
    char kind = 0;
    std::uint64_t snapshot = 0;
    std::string place;
};

std::optional<PageName> read_name(std::string_view text) {
    const auto colon = text.find(':');
    if (text.empty() || colon == std::string_view::npos) return {};
    const auto snapshot = number_in(text.substr(1, colon - 1));
    if (!snapshot) return {};
    return PageName{text.front(), *snapshot, std::string(text.substr(colon + 1))};
}

std::string name_of(char kind, std::uint64_t snapshot, const std::string& place) {
    return kind + std::to_string(snapshot) + ":" + place;
}

std::string key_text(const cJSON* record, std::string_view member) {
    const cJSON* key = member_of(record, std::string(member).c_str());
    if (cJSON_IsNumber(key) != 0) return std::to_string(static_cast<std::int64_t>(key->valuedouble));
    return text_of(record, std::string(member).c_str());
}

}  // namespace

void Table::generate(std::uint64_t count, std::uint64_t seed) {
    const std::uint64_t version = version_ + 1;
    const std::uint64_t lag = cursor_lag_;
    *this = Table(kind_);
    version_ = oldest_ = version;  // who had a cursor reads all of it
    cursor_lag_ = lag;
    generated_ = count_ = count;
    seed_ = seed;
    if (shape().number.empty()) return;
    for (std::uint64_t place = 0; place < count; ++place) sum_ += sample_number(kind_, place, seed);
}

Result<std::string> Table::set(const cJSON* record) {
    std::string key = key_text(record, shape().key);
    if (key.empty()) return fail(ErrorCode::kInvalid, "a record has no " + std::string(shape().key));
    const std::string number_name(shape().number);
    SampleRow row;
    const Tree copy(cJSON_Duplicate(record, 1));
    if (!number_name.empty()) {
        row.number = integer_of(copy.get(), number_name.c_str()).value_or(0);
        cJSON_DeleteItemFromObjectCaseSensitive(copy.get(), number_name.c_str());
    }
    row.head = printed(copy.get());
    row.head.pop_back();
    const auto before = number(key);
    if (!before) ++count_;
    sum_ += row.number - before.value_or(0);
    removed_.erase(key);
    added_.erase(key);
    set_[key] = std::move(row);
    touch(key);
    return key;
}

bool Table::remove(const std::string& key) {
    const auto before = number(key);
    if (!before) return false;
    sum_ -= *before;
    --count_;
    set_.erase(key);
    added_.erase(key);
    removed_.insert(key);
    touch(key);
    return true;
}

bool Table::add(const std::string& key, std::int64_t amount) {
    if (!number(key)) return false;
    added_[key] += amount;
    sum_ += amount;
    touch(key);
    return true;
}

void Table::touch(const std::string& key) {
    std::uint64_t& version = version_of_[key];
    log_.erase(version);
    version = ++version_;
    log_.emplace(version, key);
}

bool Table::generated(const std::string& key) const {
    const auto place = sample_place(kind_, key);
    return place && *place < generated_;
}

std::optional<SampleRow> Table::found(const std::string& key) const {
    if (removed_.contains(key)) return {};
    std::optional<SampleRow> row;
    if (const auto own = set_.find(key); own != set_.end())
        row = own->second;
    else if (generated(key))
        row = sample_row(kind_, *sample_place(kind_, key), seed_);
    if (!row) return {};
    if (const auto added = added_.find(key); added != added_.end()) row->number += added->second;
    return row;
}

std::optional<std::int64_t> Table::number(const std::string& key) const {
    const auto row = found(key);
    return row ? std::optional(row->number) : std::nullopt;
}

std::optional<std::string> Table::row(const std::string& key) const {
    auto row = found(key);
    if (!row) return {};
    if (!shape().number.empty()) {
        row->head += ",\"";
        row->head += shape().number;
        row->head += "\":" + std::to_string(row->number);
    }
    return row->head + "}";
}

std::optional<std::string> Table::row_by(const std::string& field, const std::string& value) const {
    if (field.empty() || field == shape().key) return row(value);
    for (const auto& [key, own] : set_) {
        const Tree record = parse_tree(own.head + "}");
        if (text_of(record.get(), field.c_str()) == value) return row(key);
    }
    const auto place = sample_place_by(kind_, field, value);
    return place && *place < generated_ ? row(sample_key(kind_, *place)) : std::nullopt;
}

FeedPage Table::page(const std::string& cursor, const std::string& page, std::size_t rows) const {
    FeedPage out;
    const auto name = page.empty() ? PageName{cursor.empty() ? 'g' : 'd', version_, "0"} : read_name(page);
    const auto since = cursor.empty() ? std::optional<std::uint64_t>(oldest_) : number_in(cursor.substr(1));
    out.forgotten = !name || !since || *since < oldest_ || name->snapshot < oldest_ || name->snapshot > version_;
    if (out.forgotten) return out;
    const std::uint64_t told = name->snapshot - std::min(cursor_lag_, name->snapshot - oldest_);
    out.cursor = "v" + std::to_string(told);
    if (name->kind == 'd')
        changes_page(out, page.empty() ? *since : number_in(name->place).value_or(0), name->snapshot, rows);
    else
        full_page(out, name->kind + name->place, name->snapshot, rows);
    return out;
}

// First the generated ones by their place ("g17"), then the others by their key ("kX").
void Table::full_page(FeedPage& out, const std::string& place, std::uint64_t snapshot, std::size_t rows) const {
    std::string last_key = place.front() == 'k' ? place.substr(1) : "";
    if (place.front() == 'g') {
        std::uint64_t at = number_in(std::string_view(place).substr(1)).value_or(0);
        for (; at < generated_ && out.records.size() < rows; ++at)
            if (auto row = this->row(sample_key(kind_, at))) out.records.push_back(std::move(*row));
        if (at < generated_) {
            out.next = name_of('g', snapshot, std::to_string(at));
            return;
        }
    }
    for (auto at = version_of_.upper_bound(last_key); at != version_of_.end(); ++at) {
        if (generated(at->first)) continue;
        if (out.records.size() == rows) {
            out.next = name_of('k', snapshot, last_key);
            return;
        }
        last_key = at->first;
        if (auto row = this->row(at->first)) out.records.push_back(std::move(*row));
    }
}

void Table::changes_page(FeedPage& out, std::uint64_t after, std::uint64_t snapshot, std::size_t rows) const {
    std::size_t taken = 0;
    for (auto at = log_.upper_bound(after); at != log_.end() && at->first <= snapshot; ++at, ++taken) {
        if (taken == rows) {
            out.next = name_of('d', snapshot, std::to_string(after));
            return;
        }
        after = at->first;
        if (auto row = this->row(at->second))
            out.records.push_back(std::move(*row));
        else
            out.deleted.push_back(at->second);
    }
}

}  // namespace tillkeeper::cloud
