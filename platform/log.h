// Structured log lines for operators: one event, some fields. No secret and no personal data, ever.
//
// Goes to standard error as "level event key=value ..." with the priority prefix that systemd's journal
// understands (sd-daemon(3)) when standard error is connected to it; or to a sink that keeps the fields apart
// (linux-arm/journal_log.h). Any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tillkeeper {

enum class LogLevel : std::uint8_t { kError = 3, kWarning = 4, kNotice = 5, kInfo = 6, kDebug = 7 };  // syslog(3)

struct LogField {
    std::string_view key;
    std::string value;
    LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
    LogField(std::string_view k, const char* v) : key(k), value(v) {}
    LogField(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
    template <typename Number>
        requires std::is_arithmetic_v<Number>
    LogField(std::string_view k, Number v) : key(k), value(std::to_string(v)) {}
};

inline constexpr std::size_t kLogValueBytesMax = 1024;  // what is longer is cut

// The one word for it in a line: "notice".
[[nodiscard]] std::string_view to_string(LogLevel level);

// `event` is a short lower-case phrase, constant at its place in the code.
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

// Lines less important than `level` are dropped. kInfo at start.
void set_log_level(LogLevel level);

// Takes lines in place of standard error. `line` is what would stand there, without prefix and end of line. False: it
// could not, and the line goes to standard error. On the thread that logs.
using LogSink = bool (*)(LogLevel level, std::string_view event, std::initializer_list<LogField> fields,
                         std::string_view line);
void set_log_sink(LogSink sink);  // null: none, as at start

// Hears of every line as well, on the thread that logs it: it must be quick, and must not log.
class LogObserver {
  public:
    virtual ~LogObserver() = default;
    virtual void logged(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) = 0;
};
// One for the process; null: nobody. It outlives every thread that logs, or the next call of this.
void observe_log(LogObserver* observer);

}  // namespace tillkeeper
