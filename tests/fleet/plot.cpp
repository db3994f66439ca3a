#include "tests/fleet/plot.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tillkeeper::fleet {
namespace {

constexpr double kWidth = 900;
constexpr double kHeight = 250;  // of one of the two pictures
constexpr double kLeft = 80;
constexpr double kRight = 160;  // room for what lines are called
constexpr double kTop = 60;
constexpr double kBetween = 70;
constexpr const char* kOfOffers = "#1f5fa8";
constexpr const char* kOfLimits = "#c0392b";
constexpr const char* kOfStores = "#2e7d32";

template <typename... Values>
std::string text(const char* form, Values... values) {
    std::array<char, 400> line{};
    std::snprintf(line.data(), line.size(), form, values...);
    return line.data();
}

// One picture: where values lie, its axes, and what is drawn into it.
class Picture {
  public:
    Picture(double top, double x_max, double y_max) : top_(top), x_max_(x_max), y_max_(y_max) {}

    [[nodiscard]] double x(double value) const { return kLeft + value / x_max_ * kWidth; }
    [[nodiscard]] double y(double value) const { return top_ + kHeight - value / y_max_ * kHeight; }

    [[nodiscard]] std::string axes(const char* title, double x_step, double y_step) const {
        std::string svg = text("<text x='%.0f' y='%.0f' class='title'>%s</text>\n", kLeft, top_ - 14, title);
        for (double value = 0; value <= y_max_ * 1.001; value += y_step) {
            svg += text("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' class='grid'/>\n", kLeft, y(value),
                        kLeft + kWidth, y(value));
            svg += text("<text x='%.1f' y='%.1f' text-anchor='end'>%.0f</text>\n", kLeft - 8, y(value) + 4, value);
        }
        for (double value = 0; value <= x_max_ * 1.001; value += x_step)
            svg += text("<text x='%.1f' y='%.1f' text-anchor='middle'>%.0f s</text>\n", x(value), top_ + kHeight + 20,
                        value);
        return svg;
    }
    [[nodiscard]] std::string level(double value, const char* name) const {
        return text("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s' stroke-dasharray='6 4'/>\n", kLeft,
                    y(value), kLeft + kWidth, y(value), kOfLimits) +
               text("<text x='%.1f' y='%.1f' fill='%s'>%s</text>\n", kLeft + kWidth + 8, y(value) + 4, kOfLimits, name);
    }
    [[nodiscard]] std::string moment(double value, const char* name) const {
        return text("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s' stroke-dasharray='6 4'/>\n", x(value),
                    top_, x(value), top_ + kHeight, kOfLimits) +
               text("<text x='%.1f' y='%.1f' fill='%s' text-anchor='end'>%s</text>\n", x(value) - 6, top_ + 16,
                    kOfLimits, name);
    }

  private:
    double top_;
    double x_max_;
    double y_max_;
};

// A step of 1, 2 or 5 times a power of ten, so that there are not more than ten.
double step_of(double most) {
    double step = 1;
    for (int i = 0; most / step > 10; ++i) step *= i % 3 == 1 ? 2.5 : 2;
    return step;
}

std::string curve(const std::string& points, const char* colour) {
    return "<polyline fill='none' stroke='" + std::string(colour) + "' stroke-width='1.5' points='" + points + "'/>\n";
}

}  // namespace

std::string plot(const Plan& plan, const Course& course) {
    const double rate = plan.gateway.per_second;
    const double last = course.done_at.empty() ? 1 : course.done_at.back();
    const double x_step = step_of(last);
    const double most = course.offered.empty() ? rate : std::ranges::max(course.offered);
    const double y_step = step_of(std::max(most, rate * 1.2));
    const Picture above(kTop, last, std::max(most, rate * 1.2));
    const Picture below(kTop + kHeight + kBetween, last, static_cast<double>(plan.stores));
    std::string offers;
    for (std::size_t i = 0; i < course.offered.size(); ++i)
        offers += text("%.1f,%.1f ", above.x(static_cast<double>(i)), above.y(course.offered[i]));
    std::string stores;
    const std::size_t every = std::max<std::size_t>(course.done_at.size() / 500, 1);
    for (std::size_t i = 0; i < course.done_at.size(); ++i)
        if (i % every == 0 || i + 1 == course.done_at.size())
            stores += text("%.1f,%.1f ", below.x(course.done_at[i]), below.y(static_cast<double>(i + 1)));
    std::string svg = text("<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' height='%.0f'>\n",
                           kLeft + kWidth + kRight, kTop + 2 * kHeight + kBetween + 50);
    svg +=
        "<style>text{font:13px sans-serif;fill:#333}.title{font-weight:bold}.grid{stroke:#ddd}</style>\n"
        "<rect width='100%' height='100%' fill='white'/>\n";
    svg += above.axes("Requests offered to the ERP in each second", x_step, y_step) + curve(offers, kOfOffers) +
           above.level(rate, "what the ERP takes");
    svg += below.axes("Stores whose backlog is in the ERP", x_step, step_of(static_cast<double>(plan.stores))) +
           curve(stores, kOfStores) + below.moment(optimum_of(course, rate), "optimum");
    return svg + "</svg>\n";
}

}  // namespace tillkeeper::fleet
