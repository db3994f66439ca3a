#include "tests/cloud/event_batch.h"

#include <charconv>
#include <cmath>
#include <memory>

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

constexpr std::size_t kIdBytesMax = 64;
constexpr std::string_view kUnknownAccount = "tender:barter";  // the one that this ERP's chart of accounts lacks

std::int64_t sum_up_to_limit(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

void read_posting(JsonReader& json, Event& event, std::int64_t& debits, std::int64_t& credits) {
    std::string_view account;
    std::string_view side;
    std::optional<std::int64_t> amount;
    if (!json.open('{')) json.skip();
    for (std::string_view name; json.next_member(name);) {
        if (name == "account") {
            account = json.string();
        } else if (name == "side") {
            side = json.string();
        } else if (name == "amount") {
            amount = json.integer();
        } else {
            json.skip();
        }
    }
    if (account.empty() || !amount || (side != "debit" && side != "credit"))
        event.problem = "a posting lacks account, side or integer amount";
    else if (account == kUnknownAccount)
        event.problem = "unknown account " + std::string(account);
    std::int64_t& sum = side == "debit" ? debits : credits;
    sum = sum_up_to_limit(sum, amount.value_or(0));
}

void read_erp(JsonReader& json, Event& event) {
    std::int64_t debits = 0;
    std::int64_t credits = 0;
    bool has_postings = false;
    std::optional<std::int64_t> total;
    for (std::string_view name; json.next_member(name);) {
        if (name == "postings" && json.open('[')) {
            has_postings = true;
            while (json.next_item()) read_posting(json, event, debits, credits);
        } else if (name == "total") {
            total = json.integer();
        } else if (name == "business_day") {
            event.business_day = json.string();
        } else {
            json.skip();
        }
    }
    event.amount = total.value_or(0);
    if (!event.problem.empty()) return;
    if (!has_postings || !total || event.business_day.empty())
        event.problem = "postings, total and business_day are required";
    if (debits != credits)
        event.problem = "debits " + std::to_string(debits) + " differ from credits " + std::to_string(credits);
}

std::int64_t read_lines(JsonReader& json, Event& event, std::int64_t direction) {
    std::int64_t count = 0;
    while (json.next_item()) {
        ++count;
        std::string_view sku;
        bool has_quantity = false;
        double quantity = 0;
        if (!json.open('{')) json.skip();
        for (std::string_view name; json.next_member(name);) {
            if (name == "sku") {
                sku = json.string();
            } else if (name == "quantity" && (json.peek() == '-' || (json.peek() >= '0' && json.peek() <= '9'))) {
                has_quantity = true;
                quantity = json.number();
            } else {
                json.skip();
            }
        }
        if (sku.empty() || !has_quantity)
            event.problem = "a line lacks sku or quantity";
        else if (std::abs(quantity) < 1e9)
            event.moved.emplace_back(sku, direction * std::llround(quantity));
    }
    return count;
}

void read_oms(JsonReader& json, Event& event) {
    bool has_lines = false;
    bool has_reference = false;
    for (std::string_view name; json.next_member(name);) {
        if (name == "lines" && json.open('[')) {
            has_lines = true;
            event.lines = read_lines(json, event, 1);
        } else if (name == "returns" && json.open('[')) {
            event.returns = read_lines(json, event, -1);
        } else if (name == "order_reference") {
            has_reference = !json.string().empty();
        } else {
            json.skip();
        }
    }
    if (!has_lines || !has_reference) event.problem = "order_reference and lines are required";
}

// What is required depends on the event's type, which may stand behind its data: judge_crm().
struct CrmData {
    bool has_activity = false;
    std::optional<std::int64_t> base;
    std::optional<std::int64_t> points;
    std::string_view id;
    std::string_view redemption_id;
};

CrmData read_crm(JsonReader& json, Event& event) {
    CrmData data;
    for (std::string_view name; json.next_member(name);) {
        if (name == "activity") {
            data.has_activity = !json.string().empty();
        } else if (name == "member_id") {
            event.member = json.string();
        } else if (name == "points_base") {
            data.base = json.integer();
        } else if (name == "points") {
            data.points = json.integer();
        } else if (name == "id") {
            data.id = json.string();
        } else if (name == "redemption_id") {
            data.redemption_id = json.string();
        } else if (name == "lease" || name == "jti") {
            event.lease = json.string();
        } else if (name == "spent") {
            event.lease_spent = json.integer();
        } else {
            json.skip();
        }
    }
    return data;
}

void judge_crm(const CrmData& data, Event& event) {
    event.points = data.base.value_or(0);
    if (event.type == kRedemption) {
        event.loyalty_id = data.id;
        event.points = data.points.value_or(0);
        if (data.id.empty() || event.member.empty() || event.points < 1)
            event.problem = "id, member_id and points are required";
    } else if (event.type == kRedemptionVoided) {
        event.loyalty_id = data.redemption_id.empty() ? data.id : data.redemption_id;
        if (event.loyalty_id.empty()) event.problem = "redemption_id is required";
    } else if (event.type == kLeaseReturned) {
        if (event.lease.empty() || !event.lease_spent || *event.lease_spent < 0)
            event.problem = "jti and spent are required";
    } else if (!data.has_activity || !data.base) {
        event.problem = "activity and an integer points_base are required";
    }
}

void read_data(Destination destination, JsonReader& json, Event& event, CrmData& crm) {
    if (destination == Destination::kBench) return json.skip();
    if (!json.open('{')) {
        event.problem = "data is not an object";
        return json.skip();
    }
    if (destination == Destination::kErp) return read_erp(json, event);
    if (destination == Destination::kOms) return read_oms(json, event);
    crm = read_crm(json, event);
}

std::optional<std::int64_t> read_sequence(JsonReader& json) {
    if (json.peek() != '"') return json.integer();
    const std::string_view text = json.string();
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size()) return {};
    return value;
}

// False when it is not a CloudEvent 1.0.
bool read_event(Destination destination, JsonReader& json, Event& event) {
    if (!json.open('{')) return false;
    std::string_view subject;
    unsigned required = 0;
    bool has_data = false;
    CrmData crm;
    for (std::string_view name; json.next_member(name);) {
        if (name == "id") {
            event.id = json.string();
        } else if (name == "specversion") {
            required += json.string() == "1.0" ? 1 : 0;
        } else if (name == "source") {
            required += json.string().empty() ? 0 : 1;
        } else if (name == "type") {
            event.type = json.string();
            required += event.type.empty() ? 0 : 1;
        } else if (name == "subject") {
            subject = json.string();
        } else if (name == "till") {
            event.till = json.string();
        } else if (name == "clock") {
            event.clock = json.string();
        } else if (name == "arrivedat") {
            event.arrived_at = json.string();
        } else if (name == "sequence") {
            event.sequence = read_sequence(json);
        } else if (name == "data") {
            has_data = true;
            read_data(destination, json, event, crm);
        } else {
            json.skip();
        }
    }
    if (event.till.empty()) event.till = subject;
    if (destination == Destination::kCrm && event.problem.empty()) judge_crm(crm, event);
    if (!has_data && destination != Destination::kBench) event.problem = "data is missing";
    return required == 3 && !event.id.empty() && event.id.size() <= kIdBytesMax;
}

std::optional<unsigned> hex_byte(std::string_view text) {
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc() || stop != text.data() + 2) return {};
    return value;
}

// Nothing where it may not stand in a header as it is.
std::optional<std::string> header_decoded(std::string_view value) {
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] <= 0x20 || value[i] >= 0x7F || value[i] == '"') return {};
        if (value[i] != '%') {
            text += value[i];
            continue;
        }
        const auto byte = hex_byte(value.substr(i + 1, 2));
        if (!byte) return {};
        text += static_cast<char>(*byte);
        i += 2;
    }
    if (!is_utf8(text)) return {};
    return text;
}

}  // namespace

Result<std::string> structured(const std::vector<std::pair<std::string, std::string>>& attributes,
                               std::string_view data) {
    std::string event = "{";
    for (const auto& [name, value] : attributes) {
        const auto text = header_decoded(value);
        if (!text) return fail(ErrorCode::kInvalid, "ce-" + name + " is not encoded as it must be");
        append_json_string(event, name);
        event += ':';
        append_json_string(event, *text);
        event += ',';
    }
    return event.append("\"data\":").append(data) + '}';
}

EventBatch::EventBatch() = default;
EventBatch::EventBatch(EventBatch&&) noexcept = default;
EventBatch::~EventBatch() = default;

Result<EventBatch> EventBatch::parse(Destination destination, std::string_view body, bool single) {
    if (!is_utf8(body)) return fail(ErrorCode::kInvalid, "the body is not UTF-8");
    EventBatch batch;
    batch.json_ = std::make_unique<JsonReader>(body);
    JsonReader& json = *batch.json_;
    if (!single && !json.open('[')) return fail(ErrorCode::kInvalid, "the body is not an array");
    while (single ? batch.events.empty() : json.next_item()) {
        if (batch.events.size() == kEventsMax) return fail(ErrorCode::kLimit, "too many events");
        if (!read_event(destination, json, batch.events.emplace_back()) || json.failed())
            return fail(ErrorCode::kInvalid, "event " + std::to_string(batch.events.size() - 1) + " is no CloudEvent");
    }
    if (!json.at_end()) return fail(ErrorCode::kInvalid, "the body is not JSON");
    return batch;
}

}  // namespace tillkeeper::cloud
