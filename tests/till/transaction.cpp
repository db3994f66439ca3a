#include "tests/till/transaction.h"

#include <array>
#include <charconv>
#include <string_view>

namespace tillkeeper::till {
namespace {

// Appends JSON members; the caller keeps the braces.
class Json {
  public:
    explicit Json(std::string& out) : out_(out) {}

    void number(std::int64_t value) {
        std::array<char, 24> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        out_.append(digits.data(), end);
    }
    // Thousandths as the shortest decimal.
    void quantity(std::int64_t milli) {
        if (milli < 0) out_ += '-';
        const std::int64_t positive = milli < 0 ? -milli : milli;
        number(positive / 1000);
        std::string rest = std::to_string(1000 + positive % 1000).substr(1);
        while (!rest.empty() && rest.back() == '0') rest.pop_back();
        if (!rest.empty()) out_.append(".").append(rest);
    }
    void text(std::string_view value) {
        out_ += '"';
        for (const char c : value) character(c);
        out_ += '"';
    }
    void key(std::string_view name) {
        if (out_.back() != '{') out_ += ',';
        out_.append("\"").append(name).append("\":");
    }
    void member(std::string_view name, std::string_view value) {
        key(name);
        text(value);
    }
    void member(std::string_view name, std::int64_t value) {
        key(name);
        number(value);
    }
    template <typename Items, typename Each>
    void array(std::string_view name, const Items& items, Each each) {
        if (items.empty()) return;
        key(name);
        out_ += '[';
        for (const auto& item : items) {
            if (out_.back() != '[') out_ += ',';
            out_ += '{';
            each(item);
            out_ += '}';
        }
        out_ += ']';
    }

  private:
    void character(char c) {
        constexpr std::string_view kHex = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out_ += '\\';
            out_ += c;
        } else if (byte < 0x20) {
            out_.append("\\u00");
            out_ += kHex[byte >> 4];
            out_ += kHex[byte & 15];
        } else {
            out_ += c;
        }
    }

    std::string& out_;
};

void add_lines_and_money(Json& json, const Transaction& sale) {
    json.array("lines", sale.lines, [&](const Line& line) {
        json.member("sku", line.sku);
        json.member("description", line.description);
        json.key("quantity");
        json.quantity(line.quantity_milli);
        json.member("unit_price", line.unit_price);
        json.member("amount", line.amount);
    });
    json.array("tenders", sale.tenders, [&](const Tender& tender) {
        json.member("type", tender.type);
        json.member("amount", tender.amount);
    });
    json.array("taxes", sale.taxes, [&](const Tax& tax) {
        json.member("rate", tax.rate);
        json.member("amount", tax.amount);
    });
    if (sale.total) json.member("total", *sale.total);
    if (!sale.member_id.empty()) json.member("member_id", sale.member_id);
    if (!sale.refers_to.empty()) json.member("refers_to", sale.refers_to);
}

// Not whole: without what the till library writes.
std::string document(const Transaction& sale, bool whole) {
    std::string out;
    out.reserve(480 + sale.lines.size() * 128);
    Json json(out);
    out += '{';
    if (whole) {
        json.member("id", sale.id);
        json.member("type", sale.type);
        json.member("till_sequence", sale.till_sequence);
        json.member("occurred_at", to_rfc3339(sale.occurred_at, true));
        json.member("business_day", sale.business_day());
    }
    json.member("currency", sale.currency);
    if (whole) json.member("receipt", sale.receipt);
    add_lines_and_money(json, sale);
    out += '}';
    return out;
}

}  // namespace

std::string Transaction::business_day() const {
    return to_rfc3339(occurred_at).substr(0, 10);
}

std::string to_json(const Transaction& sale) {
    return document(sale, true);
}

std::string content_json(const Transaction& sale) {
    return document(sale, false);
}

Money contained_tax(Money gross, int rate_tenths) {
    const Money whole = 1000 + rate_tenths;
    const Money half = gross < 0 ? -whole / 2 : whole / 2;
    return (gross * rate_tenths + half) / whole;
}

}  // namespace tillkeeper::till
