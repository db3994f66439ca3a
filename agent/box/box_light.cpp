#include "agent/box/box_light.h"

#include "agent/cli/json_view.h"

namespace tillkeeper::box {
namespace {

constexpr std::int64_t kRunwayShortHours = 24;

}  // namespace

Blink light_for(const std::string& status) {
    const cli::JsonDocument document(status);
    const auto store = document.root();
    if (!store.is_true("accepting")) return Blink::kFast;
    if (store.number("held") > 0 || store.number("quarantined") > 0) return Blink::kFast;
    const auto runway = store.at("runway");
    if (!runway.text("limited_by").empty() && runway.number("hours") < kRunwayShortHours) return Blink::kFast;
    const auto state = store.text("state");
    return state == "offline" || state == "degraded" ? Blink::kSlow : Blink::kSteady;
}

}  // namespace tillkeeper::box
