#include "agent/day/day_report.h"

#include "agent/contract/problem.h"
#include "agent/day/day_json.h"
#include "agent/day/minor_units.h"

namespace tillkeeper::agent {
namespace {

std::string cell(std::string_view text) {
    std::string out = "\"";
    if (!text.empty() && std::string_view("=+-@\t\r").contains(text.front())) out += '\'';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

class Csv {
  public:
    explicit Csv(const DayReport& report) : begin_(cell(report.store) + ',' + to_text(report.day) + ',') {}

    void row(std::string_view till, const char* kind, const SumName& name, std::string_view count,
             std::string_view sum) {
        out_.append(begin_).append(cell(till)).append(",").append(kind).append(",").append(cell(name.what));
        out_.append(",").append(cell(name.currency)).append(",").append(count).append(",").append(sum).append("\r\n");
    }
    void sums(std::string_view till, const char* kind, const Sums& sums) {
        for (const auto& [name, amounts] : sums.all())
            row(till, kind, name, std::to_string(amounts.count), plain_amount(amounts.sum, name.currency));
    }
    void totals(std::string_view till, const TillTotals& totals) {
        sums(till, "type", totals.types);
        sums(till, "tender", totals.tenders);
        if (totals.points_redeemed != 0) row(till, "points_redeemed", {}, "", std::to_string(totals.points_redeemed));
        if (totals.points_earned != 0) row(till, "points_earned", {}, "", std::to_string(totals.points_earned));
        row(till, "quarantined", {}, std::to_string(totals.quarantined.count), "");
    }
    [[nodiscard]] std::string take() && { return std::move(out_); }

  private:
    std::string begin_;
    std::string out_ = "store,business_day,till,kind,name,currency,count,sum\r\n";
};

std::string hours_json(const DayBook& book) {
    std::string out = "[";
    const auto hours = book.accepted();
    for (std::size_t hour = 0; hour < hours.size(); ++hour) {
        if (hours[hour].count == 0) continue;
        if (out.size() > 1) out += ',';
        out += "{\"hour\":" + std::to_string(hour) + ",\"count\":" + std::to_string(hours[hour].count) +
               ",\"value\":" + std::to_string(hours[hour].value) + '}';
    }
    return out + ']';
}

}  // namespace

std::string mention_json(const ManifestMention& mention) {
    const Manifest& manifest = mention.manifest;
    return "{\"id\":" + quoted(manifest_id(manifest)) + ",\"number\":" + std::to_string(mention.number) +
           ",\"serial\":" + std::to_string(manifest.serial) + ",\"business_day\":" + quoted(manifest.business_day) +
           ",\"first\":" + std::to_string(manifest.first) + ",\"last\":" + std::to_string(manifest.last) +
           ",\"entries\":" + std::to_string(manifest.entries) + ",\"made_at\":" + quoted(manifest.made_at) + '}';
}

std::string report_json(const DayReport& report) {
    std::string out = "{\"store\":" + quoted(report.store) + ",\"business_day\":" + quoted(to_text(report.day)) +
                      ",\"as_of\":" + quoted(to_rfc3339(report.as_of)) + ',' + sums_json(report.book.store()) +
                      ",\"quarantined_count\":" + std::to_string(report.book.store().quarantined.count) +
                      ",\"currency\":" + quoted(report.book.currency()) + ",\"hours\":" + hours_json(report.book) +
                      ",\"tills\":[";
    for (const auto& [name, totals] : report.book.tills()) {
        if (out.back() == '}') out += ',';
        out += "{\"till\":" + quoted(name) + ',' + sums_json(totals) + ',' + names_json(totals) + '}';
    }
    out += "],\"manifests\":[";
    for (const auto& each : report.manifests) out += (out.back() == '}' ? "," : "") + mention_json(each);
    return out + "]}";
}

std::string report_csv(const DayReport& report) {
    Csv csv(report);
    for (const auto& [name, totals] : report.book.tills()) {
        csv.totals(name, totals);
        for (const auto& [first, last] : totals.missing())
            csv.row(name, "missing", {std::to_string(first) + " to " + std::to_string(last), ""},
                    std::to_string(last - first + 1), "");
    }
    csv.totals("", report.book.store());
    return std::move(csv).take();
}

}  // namespace tillkeeper::agent
