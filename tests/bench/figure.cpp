#include "tests/bench/figure.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tillkeeper::bench {
namespace {

using Row = std::array<std::string, 6>;

Row row_of(const Figure& figure) {
    const int decimals = figure.judged < 10 ? 2 : 1;
    std::string goal = "-";
    std::string verdict = "-";
    if (figure.goal.kind != Goal::Kind::kNone) {
        const char* sign = figure.goal.kind == Goal::Kind::kAtMost ? "<= " : ">= ";
        goal = sign + with_unit(figure.goal.value, 1, figure.unit);
        verdict = figure.met() ? "met" : "MISSED";
    }
    return {figure.name, figure.ours, figure.limit, with_unit(figure.judged, decimals, figure.unit), goal, verdict};
}

std::vector<Row> rows_of(const std::vector<Figure>& figures) {
    std::vector<Row> rows{{"figure", "ours", "limit beside it", "judged", "goal", ""}};
    for (const auto& figure : figures) rows.push_back(row_of(figure));
    return rows;
}

}  // namespace

bool Figure::met() const {
    switch (goal.kind) {
        case Goal::Kind::kAtMost:
            return judged <= goal.value;
        case Goal::Kind::kAtLeast:
            return judged >= goal.value;
        case Goal::Kind::kNone:
            return true;
    }
    return true;
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::string with_unit(double value, int decimals, const std::string& unit) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f%s%s", decimals, value, unit == "x" ? "" : " ", unit.c_str());
    return text.data();
}

std::string to_text(const std::vector<Figure>& figures) {
    const auto rows = rows_of(figures);
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            std::size_t width = 0;
            for (const auto& each : rows) width = std::max(width, each[column].size());
            out += row[column] + std::string(width - row[column].size() + 2, ' ');
        }
        out.erase(out.find_last_not_of(' ') + 1);
        out += '\n';
    }
    return out;
}

std::string to_markdown(const std::vector<Figure>& figures) {
    std::string out;
    bool head = true;
    for (const auto& row : rows_of(figures)) {
        for (const auto& cell : row) out += "| " + cell + " ";
        out += "|\n";
        if (head) out += "|---|---|---|---|---|---|\n";
        head = false;
    }
    return out;
}

}  // namespace tillkeeper::bench
