#include "agent/page/parts.h"

namespace tillkeeper::agent {
namespace {

// Outlines of 48 by 48. `mark` is drawn in the colour of what lies behind.
struct Shape {
    std::string_view name;
    std::string_view outline;
    std::string_view mark;
};

Shape shape_of(Sign sign) {
    switch (sign) {
        case Sign::kGood:
            return {"good", "M24 3a21 21 0 1 1 0 42a21 21 0 1 1 0-42z", "M14 25l7 7l13-15"};
        case Sign::kMoving:
            return {"moving", "M9 3h30a6 6 0 0 1 6 6v30a6 6 0 0 1-6 6h-30a6 6 0 0 1-6-6v-30a6 6 0 0 1 6-6z",
                    "M24 36v-23M14 22l10-10l10 10"};
        case Sign::kCaution:
            return {"caution", "M24 3l23 42h-46z", "M24 18v13M24 37v1"};
        case Sign::kCut:
            return {"cut", "M12 39a10.5 10.5 0 0 1-1-21a13 13 0 0 1 25-1a11 11 0 0 1 0 22z", "M9 45l30-42"};
        case Sign::kStop:
            return {"stop", "M15 3h18l12 12v18l-12 12h-18l-12-12v-18z", "M16 16l16 16M32 16l-16 16"};
        case Sign::kPending:
            break;
    }
    return {"pending", "M24 3l21 21l-21 21l-21-21z", "M24 14v11l7 5"};
}

}  // namespace

std::string_view class_of(Sign sign) {
    return shape_of(sign).name;
}

void draw(Html& html, Sign sign) {
    const Shape shape = shape_of(sign);
    const auto svg = html.in("svg", {{"class", "sign"}, {"viewBox", "0 0 48 48"}, {"aria-hidden", "true"}});
    html.leaf("path", {{"d", shape.outline}}, "");
    html.leaf("path", {{"class", "mark"}, {"d", shape.mark}}, "");
}

void lamp(Html& html, Sign sign, std::string_view text) {
    const auto line = html.in("p", {{"class", "lamp " + std::string(class_of(sign))}});
    draw(html, sign);
    html.leaf("span", {}, text);
}

}  // namespace tillkeeper::agent
