// What was measured, beside its limit and its goal; and how it is printed. Pure values.
#pragma once

#include <string>
#include <vector>

namespace tillkeeper::bench {

struct Goal {
    enum class Kind { kNone, kAtMost, kAtLeast } kind = Kind::kNone;
    double value = 0;
};

[[nodiscard]] constexpr Goal at_most(double value) {
    return {Goal::Kind::kAtMost, value};
}
[[nodiscard]] constexpr Goal at_least(double value) {
    return {Goal::Kind::kAtLeast, value};
}

// One row. `judged` is what the goal speaks of: mostly ours divided by the limit.
struct Figure {
    std::string name;
    std::string ours;
    std::string limit;  // "" where there is none beside it
    double judged = 0;
    std::string unit;  // of `judged`: "x", "MiB", "s"
    Goal goal = {};

    [[nodiscard]] bool met() const;
};

// Of an odd number of repetitions the one in the middle; 0 when there is none.
[[nodiscard]] double median(std::vector<double> values);

// "12.3" with so many decimals, then the unit.
[[nodiscard]] std::string with_unit(double value, int decimals, const std::string& unit);

// Columns of equal width for a terminal, or a Markdown table.
[[nodiscard]] std::string to_text(const std::vector<Figure>& figures);
[[nodiscard]] std::string to_markdown(const std::vector<Figure>& figures);

}  // namespace tillkeeper::bench
