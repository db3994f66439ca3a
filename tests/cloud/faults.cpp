#include "tests/cloud/faults.h"

#include <algorithm>
#include <array>

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

constexpr std::array<std::string_view, 12> kModes{
    "none", "refuse",      "hang",       "reset",       "status",       "garbage",
    "slow", "lose_answer", "cut_answer", "reject_item", "reject_batch", "server_error_item",
};

bool is_item_mode(FaultMode mode) {
    return mode == FaultMode::kRejectItem || mode == FaultMode::kRejectBatch || mode == FaultMode::kServerErrorItem;
}

struct Named {
    std::string_view destination;
    std::string_view mode;
};

void read_member(JsonReader& json, std::string_view name, Fault& fault, Named& named, std::string& unknown) {
    if (name == "destination") {
        named.destination = json.string();
    } else if (name == "mode") {
        named.mode = json.string();
    } else if (name == "probability") {
        fault.probability = json.number();
    } else if (name == "count") {
        fault.count = static_cast<std::uint64_t>(std::max<std::int64_t>(json.integer().value_or(0), 0));
    } else if (name == "status") {
        fault.status = static_cast<int>(json.integer().value_or(0));
    } else if (name == "retry_after_s") {
        fault.retry_after_s = static_cast<int>(json.integer().value_or(0));
    } else if (name == "delay_ms") {
        fault.delay = std::chrono::milliseconds(json.integer().value_or(0));
    } else if (name == "reason") {
        fault.reason = json.string();
    } else if (name == "items" && json.open('[')) {
        while (json.next_item()) fault.items.emplace(json.string());
    } else {
        unknown = name;
        json.skip();
    }
}

Result<void> judge(const Fault& fault) {
    if (!(fault.probability >= 0 && fault.probability <= 1)) return fail(ErrorCode::kInvalid, "probability is 0 to 1");
    if (fault.status < 200 || fault.status > 599) return fail(ErrorCode::kInvalid, "status is 200 to 599");
    if (fault.delay.count() < 0) return fail(ErrorCode::kInvalid, "delay_ms is negative");
    if (is_item_mode(fault.mode) && fault.items.empty()) return fail(ErrorCode::kInvalid, "items are missing");
    if (fault.mode == FaultMode::kRefuse && fault.destination)
        return fail(ErrorCode::kInvalid, "refuse cuts the network for all: destination must be *");
    return {};
}

}  // namespace

Result<Fault> Fault::parse(std::string_view text) {
    JsonReader json(text);
    Fault fault;
    Named named;
    std::string unknown;
    if (!json.open('{')) return fail(ErrorCode::kInvalid, "not a JSON object");
    for (std::string_view name; json.next_member(name);) read_member(json, name, fault, named, unknown);
    if (!json.at_end()) return fail(ErrorCode::kInvalid, "not JSON");
    if (!unknown.empty()) return fail(ErrorCode::kInvalid, "unknown member " + unknown);
    const auto mode = std::find(kModes.begin(), kModes.end(), named.mode);
    if (mode == kModes.end()) return fail(ErrorCode::kInvalid, "unknown mode");
    fault.mode = static_cast<FaultMode>(mode - kModes.begin());
    fault.destination = destination_named(named.destination);
    if (!fault.destination && named.destination != "*") return fail(ErrorCode::kInvalid, "unknown destination");
    if (auto good = judge(fault); !good) return std::unexpected(good.error());
    if (fault.reason.empty()) fault.reason = "rejected as told";
    return fault;
}

void Faults::set(Fault fault) {
    if (fault.mode != FaultMode::kNone) {
        faults_.push_back(std::move(fault));
    } else {
        std::erase_if(faults_, [&](const Fault& old) {
            return !fault.destination || (old.destination == fault.destination && old.mode != FaultMode::kRefuse);
        });
    }
}

bool Faults::network_cut() const {
    return std::any_of(faults_.begin(), faults_.end(), [](const Fault& f) { return f.mode == FaultMode::kRefuse; });
}

bool Faults::hits(Fault& fault, Destination destination) {
    if (fault.destination && *fault.destination != destination) return false;
    if (fault.count == 0) return false;
    if (fault.probability < 1 && random_.fraction() >= fault.probability) return false;
    if (fault.count) --*fault.count;
    return true;
}

void Faults::forget_used_up() {
    std::erase_if(faults_, [](const Fault& fault) { return fault.count == 0; });
}

bool Faults::strikes_body(Destination destination) {
    bool struck = false;
    for (Fault& fault : faults_) struck |= fault.mode == FaultMode::kReset && !struck && hits(fault, destination);
    forget_used_up();
    return struck;
}

Strike Faults::strike(Destination destination) {
    Strike strike;
    for (Fault& fault : faults_) {
        const FaultMode mode = fault.mode;
        if (mode == FaultMode::kReset || is_item_mode(mode) || !hits(fault, destination)) continue;
        strike.hang |= mode == FaultMode::kHang;
        strike.garbage |= mode == FaultMode::kGarbage;
        strike.lose_answer |= mode == FaultMode::kLoseAnswer;
        strike.cut_answer |= mode == FaultMode::kCutAnswer;
        if (mode == FaultMode::kSlow) strike.delay = std::max(strike.delay, fault.delay);
        if (mode == FaultMode::kStatus && !strike.status) {
            strike.status = fault.status;
            strike.retry_after_s = fault.retry_after_s;
        }
    }
    forget_used_up();
    return strike;
}

std::optional<int> Faults::strike_items(Destination destination, std::vector<Event>& events) {
    std::optional<int> status;
    for (Fault& fault : faults_) {
        if (!is_item_mode(fault.mode)) continue;
        std::vector<Event*> named;
        for (Event& event : events)
            if (fault.items.contains(std::string(event.id))) named.push_back(&event);
        if (named.empty() || !hits(fault, destination)) continue;
        if (fault.mode == FaultMode::kRejectBatch) status = 400;
        if (fault.mode == FaultMode::kServerErrorItem) status = 500;
        if (fault.mode != FaultMode::kRejectItem) continue;
        for (Event* event : named) event->problem = fault.reason;
    }
    forget_used_up();
    return status;
}

}  // namespace tillkeeper::cloud
