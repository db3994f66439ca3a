
#include "platform/clock.h"

namespace tillkeeper {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

void append_number(std::string& out, std::int64_t value, int width) {
    std::string digits(static_cast<std::size_t>(width), '0');
    for (int at = width - 1; at >= 0; --at, value /= 10)
        digits[static_cast<std::size_t>(at)] = static_cast<char>('0' + value % 10);
    out += digits;
}

// Takes text apart from the left; every step fails once one has failed.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    int number(std::size_t digits, int low, int high) {
        int value = 0;
        if (rest_.size() < digits) return bad();
        for (std::size_t i = 0; i < digits; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') return bad();
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return value < low || value > high ? bad() : value;
    }

    char one_of(std::string_view allowed) {
        if (rest_.empty() || !allowed.contains(rest_.front())) return static_cast<char>(bad());
        const char found = rest_.front();
        rest_.remove_prefix(1);
        return found;
    }

    // ".123456789", or nothing; what is finer than a microsecond is cut off.
    Duration fraction() {
        if (rest_.empty() || rest_.front() != '.') return {};
        rest_.remove_prefix(1);
        Duration::rep value = 0;
        std::size_t digits = 0;
        for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits)
            if (digits < 6) value = value * 10 + (rest_[digits] - '0');
        if (digits == 0) bad();
        for (std::size_t i = digits; i < 6; ++i) value *= 10;
        rest_.remove_prefix(digits);
        return Duration(value);
    }

    // "Z" or "+01:00".
    minutes offset() {
        const char sign = one_of("Zz+-");
        if (sign == 'Z' || sign == 'z' || failed_) return {};
        const int hour = number(2, 0, 23);
        one_of(":");
        const minutes east = hours(hour) + minutes(number(2, 0, 59));
        return sign == '-' ? -east : east;
    }

    [[nodiscard]] bool ended() const { return !failed_ && rest_.empty(); }

  private:
    int bad() {
        failed_ = true;
        rest_ = {};
        return 0;
    }

    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace

std::string to_rfc3339(WallTime time, bool with_milliseconds) {
    const auto day = std::chrono::floor<days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<milliseconds>(time - day));
    std::string out;
    out.reserve(24);
    append_number(out, int{date.year()}, 4);
    out += '-';
    append_number(out, unsigned{date.month()}, 2);
    out += '-';
    append_number(out, unsigned{date.day()}, 2);
    out += 'T';
    append_number(out, clock.hours().count(), 2);
    out += ':';
    append_number(out, clock.minutes().count(), 2);
    out += ':';
    append_number(out, clock.seconds().count(), 2);
    if (with_milliseconds) {
        out += '.';
        append_number(out, clock.subseconds().count(), 3);
    }
    out += 'Z';
    return out;
}

Result<WallTime> parse_rfc3339(std::string_view text) {
    Reader in(text);
    const std::chrono::year year(in.number(4, 0, 9999));
    in.one_of("-");
    const std::chrono::month month(static_cast<unsigned>(in.number(2, 1, 12)));
    in.one_of("-");
    const std::chrono::day day(static_cast<unsigned>(in.number(2, 1, 31)));
    in.one_of("Tt ");
    Duration of_day = hours(in.number(2, 0, 23));
    in.one_of(":");
    of_day += minutes(in.number(2, 0, 59));
    in.one_of(":");
    of_day += seconds(in.number(2, 0, 60));  // 60: a leap second, counted as the start of the next minute
    of_day += in.fraction();
    of_day -= in.offset();
    const auto date = year / month / day;
    if (!in.ended() || !date.ok()) return fail(ErrorCode::kInvalid, "not an RFC 3339 date and time");
    return WallTime(std::chrono::sys_days(date)) + of_day;
}

}  // namespace tillkeeper
