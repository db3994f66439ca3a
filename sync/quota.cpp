#include "sync/quota.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "sync/answer.h"

namespace tillkeeper::sync {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kBelievedMax = 31L * 24 * 3600;
constexpr std::size_t kDigitsMax = 15;  // of an integer (RFC 9651, 3.3.1)

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_key(char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || std::string_view("_-.*").contains(c);
}

bool is_token(char c) {
    return is_key(c) || (c >= 'A' && c <= 'Z') || std::string_view("!#$%&'+^`|~:/").contains(c);
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    if (text.empty() || text.size() > kDigitsMax || !std::ranges::all_of(text, is_digit)) return {};
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// One member of the list; what is not there or not a number stays empty. Views into the field.
struct Member {
    std::string_view name;
    std::string_view unit{};
    std::optional<std::int64_t> r{}, t{}, q{};
};

// A List of Items with Parameters (RFC 9651, 3.1), of which we want little.
class ListReader {
  public:
    explicit ListReader(std::string_view text) : rest_(text) {}

    // Nothing when the field breaks the grammar.
    std::optional<std::vector<Member>> read() {
        std::vector<Member> members;
        while_any(" ");
        do {
            while_any(" \t");
            Member member{.name = value()};
            if (member.name.empty() || !parameters(member)) return {};
            if (members.size() < kQuotaItemsMax) members.push_back(member);
            while_any(" \t");
        } while (take(','));
        if (!rest_.empty()) return {};
        return members;
    }

  private:
    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void while_any(std::string_view of) { rest_.remove_prefix(std::min(rest_.find_first_not_of(of), rest_.size())); }
    std::string_view while_is(bool (*accepts)(char)) {
        const auto end = std::ranges::find_if_not(rest_, accepts);
        const auto taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(taken.size());
        return taken;
    }
    // Up to the closing mark, marks included; "" when it does not close.
    std::string_view quoted(char mark) {
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] < ' ' || rest_[i] > '~') break;
            if (rest_[i] == '\\' && mark == '"') {
                ++i;
                continue;
            }
            if (rest_[i] != mark) continue;
            const auto taken = rest_.substr(0, i + 1);
            rest_.remove_prefix(taken.size());
            return taken;
        }
        return {};
    }
    // A bare item as it stands there: string, bytes, or whatever is written in a token's characters; "" for none.
    std::string_view value() {
        if (rest_.starts_with('"')) return quoted('"');
        if (rest_.starts_with(':')) return quoted(':');
        if (rest_.starts_with('?')) return rest_.size() < 2 ? std::string_view{} : cut(2);
        return while_is(is_token);
    }
    std::string_view cut(std::size_t size) {
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    bool parameters(Member& member) {
        while (take(';')) {
            while_any(" ");
            const auto key = while_is(is_key);
            if (key.empty()) return false;
            if (!take('=')) continue;
            const auto given = value();
            if (given.empty()) return false;
            if (key == "r") member.r = number(given);
            if (key == "t") member.t = number(given);
            if (key == "q") member.q = number(given);
            if (key == "qu") member.unit = given;
        }
        return true;
    }

    std::string_view rest_;
};

std::vector<Member> members_of(const HttpHeaders& headers, std::string_view field) {
    std::vector<Member> all;
    for (const auto& [name, value] : headers) {
        if (name != field || value.size() > kQuotaFieldMax) continue;
        const auto members = ListReader(value).read();
        if (!members) continue;
        const auto room = std::min(members->size(), kQuotaItemsMax - all.size());
        all.insert(all.end(), members->begin(), members->begin() + static_cast<std::ptrdiff_t>(room));
    }
    return all;
}

// Of several the tightest counts.
void count(Quota& quota, std::int64_t remaining, std::optional<std::int64_t> reset, std::optional<std::int64_t> size) {
    if (size && *size > 0) {
        const double left = std::clamp(static_cast<double>(remaining) / static_cast<double>(*size), 0.0, 1.0);
        quota.left = std::min(left, quota.left.value_or(1.0));
    }
    if (!reset || *reset > kBelievedMax) return;
    const auto wait = std::min<Duration>(seconds(*reset), kRetryAfterMax);
    if (remaining == 0) quota.pause = std::max(quota.pause, wait);
    if (remaining == 0 || wait / remaining <= quota.gap) return;
    quota.gap = wait / remaining;
    quota.holds = wait;
}

void count_older_form(Quota& quota, const HttpHeaders& headers) {
    const auto only = [&](std::string_view field) -> std::optional<std::int64_t> {
        for (const auto& [name, value] : headers)
            if (name == field) return number(std::string_view(value).substr(0, value.find_first_of(",; ")));
        return {};
    };
    if (const auto remaining = only("ratelimit-remaining"))
        count(quota, *remaining, only("ratelimit-reset"), only("ratelimit-limit"));
}

}  // namespace

Quota read_quota(const HttpHeaders& headers) {
    Quota quota;
    count_older_form(quota, headers);
    const auto limits = members_of(headers, "ratelimit");
    if (limits.empty()) return quota;
    const auto policies = members_of(headers, "ratelimit-policy");
    for (const auto& limit : limits) {
        const auto policy = std::ranges::find(policies, limit.name, &Member::name);
        const bool known = policy != policies.end();
        const bool requests = !known || policy->unit.empty() || policy->unit == "\"requests\"";
        if (limit.r && requests) count(quota, *limit.r, limit.t, known ? policy->q : limit.q);
    }
    return quota;
}

}  // namespace tillkeeper::sync
