#include "tests/cloud/ledger.h"

#include <numeric>

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

constexpr std::size_t kViolationsNamed = 20;
constexpr std::size_t kDigits = 7;

void append_count(std::string& out, std::string_view name, auto number) {
    out += ",\"";
    out += name;
    out += "\":";
    out += std::to_string(number);
}

void append_sequence(std::string& out, std::optional<std::int64_t> sequence) {
    out += ",\"sequence\":";
    out += sequence ? std::to_string(*sequence) : "null";
}

void append_item(std::string& out, Destination destination, std::string_view id, const Effect& effect) {
    out += "{\"id\":";
    append_json_string(out, id);
    out += ",\"document\":\"" + document_number(destination, effect.document) + "\",\"till\":";
    append_json_string(out, effect.till);
    append_sequence(out, effect.sequence);
    out += '}';
}

void append_violations(std::string& out, const Book& book) {
    out += ",\"first_violations\":[";
    for (const OrderViolation& violation : book.first_violations) {
        if (out.back() != '[') out += ',';
        out += "{\"id\":";
        append_json_string(out, violation.id);
        out += ",\"till\":";
        append_json_string(out, violation.till);
        append_count(out, "sequence", violation.sequence);
        append_count(out, "after", violation.after);
        out += '}';
    }
    out += ']';
}

void append_sums(std::string& out, std::string_view name,
                 const std::map<std::string, std::int64_t, std::less<>>& sums) {
    out += ",\"";
    out += name;
    out += "\":{";
    for (const auto& [key, sum] : sums) {
        if (out.back() != '{') out += ',';
        append_json_string(out, key);
        out += ':' + std::to_string(sum);
    }
    out += '}';
}

void append_text(std::string& out, std::string_view name, const std::string& text) {
    out += ",\"";
    out += name;
    out += "\":";
    append_json_string(out, text);
}

void note_clock(Book& book, const Event& event) {
    if (event.clock == "untrusted") ++book.untrusted;
    if (event.clock != "corrected") return;
    ++book.corrected;
    if (book.corrected_first.empty() || event.arrived_at < book.corrected_first)
        book.corrected_first = event.arrived_at;
    if (event.arrived_at > book.corrected_last) book.corrected_last = event.arrived_at;
}

void append_book(std::string& out, Destination destination, const Book& book) {
    out += "{\"count\":" + std::to_string(book.effects.size());
    append_count(out, "repeated", book.repeated);
    append_count(out, "rejected", book.rejected);
    append_count(out, "requests", book.requests);
    append_count(out, "untrusted", book.untrusted);
    append_count(out, "corrected", book.corrected);
    append_text(out, "corrected_first", book.corrected_first);
    append_text(out, "corrected_last", book.corrected_last);
    append_count(out, "order_violations", book.order_violations);
    append_violations(out, book);
    if (destination == Destination::kErp) append_sums(out, "amount_by_day", book.amount_by_day);
    if (destination == Destination::kOms) {
        append_count(out, "lines", book.lines);
        append_count(out, "returns", book.returns);
    }
    if (destination == Destination::kCrm) {
        const auto add = [](std::int64_t sum, const auto& member) { return sum + member.second; };
        append_count(out, "members", book.points.size());
        append_count(out, "points", std::accumulate(book.points.begin(), book.points.end(), std::int64_t{0}, add));
    }
    out += '}';
}

}  // namespace

std::string document_number(Destination destination, std::uint64_t document) {
    const std::string digits = std::to_string(document);
    std::string out(names_of(destination).prefix);
    if (digits.size() < kDigits) out.append(kDigits - digits.size(), '0');
    return out + digits;
}

Result<Ledger> Ledger::open(const std::filesystem::path& folder) {
    Ledger ledger;
    if (folder.empty()) return ledger;
    auto file = LedgerFile::open(
        folder, [&](Destination destination, const Event& event) { ledger.apply(destination, event); });
    if (!file) return std::unexpected(file.error());
    ledger.file_.emplace(std::move(*file));
    return ledger;
}

std::uint64_t Ledger::apply(Destination destination, const Event& event) {
    Book& book = this->book(destination);
    if (const auto known = book.effects.find(event.id); known != book.effects.end()) {
        ++book.repeated;
        return known->second.document;
    }
    record(book, event);
    if (file_) file_->append(destination, event);
    return book.in_order.size();
}

void Ledger::record(Book& book, const Event& event) {
    note_clock(book, event);
    auto till = book.tills.find(event.till);
    if (till == book.tills.end()) till = book.tills.emplace(event.till, std::nullopt).first;
    auto& last = till->second;
    if (event.sequence && last && *event.sequence <= *last) {
        ++book.order_violations;
        if (book.first_violations.size() < kViolationsNamed)
            book.first_violations.push_back({std::string(event.id), till->first, *event.sequence, *last});
    }
    if (event.sequence && (!last || *event.sequence > *last)) last = event.sequence;
    const Effect effect{book.in_order.size() + 1, till->first, event.sequence};
    book.in_order.push_back(&*book.effects.emplace(event.id, effect).first);
    if (!event.business_day.empty()) {
        auto day = book.amount_by_day.find(event.business_day);
        if (day == book.amount_by_day.end()) day = book.amount_by_day.emplace(event.business_day, 0).first;
        day->second += event.amount;
    }
    book.lines += event.lines;
    book.returns += event.returns;
    const bool spent = event.type == kRedemption;  // the loyalty engine's totals tell of those
    if (!event.member.empty() && !spent) book.points[std::string(event.member)] += event.points;
}

Result<void> Ledger::flush() {
    return file_ ? file_->flush() : Result<void>();
}

Result<void> Ledger::clear() {
    books_ = {};
    return file_ ? file_->clear() : Result<void>();
}

std::string Ledger::summary() const {
    std::string out = "{";
    for (std::size_t i = 0; i < kBooks; ++i) {
        out += i == 0 ? "\"" : ",\"";
        out += kDestinations[i].name;
        out += "\":";
        append_book(out, static_cast<Destination>(i), books_[i]);
    }
    return out + "}\n";
}

std::string Ledger::items(Destination destination) const {
    std::string out;
    for (const auto* effect : books_[static_cast<std::size_t>(destination)].in_order) {
        append_item(out, destination, effect->first, effect->second);
        out += '\n';
    }
    return out;
}

std::optional<std::string> Ledger::item(Destination destination, std::string_view id) const {
    const auto& effects = books_[static_cast<std::size_t>(destination)].effects;
    const auto found = effects.find(id);
    if (found == effects.end()) return {};
    std::string out;
    append_item(out, destination, found->first, found->second);
    return out + "\n";
}

}  // namespace tillkeeper::cloud
