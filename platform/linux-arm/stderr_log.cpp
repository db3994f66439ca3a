#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "platform/linux-arm/journal_stream.h"
#include "platform/log.h"

namespace tillkeeper {
namespace {

std::atomic<LogLevel> least{LogLevel::kInfo};
std::atomic<LogSink> sink{nullptr};
std::atomic<LogObserver*> observer{nullptr};

bool is_plain(std::string_view value) {
    for (const char c : value)
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == '\x7f') return false;
    return !value.empty();
}

// One line stays one line whatever the value holds: an attacker cannot forge a second one.
void append_value(std::string& line, std::string_view value) {
    const bool cut = value.size() > kLogValueBytesMax;
    value = value.substr(0, kLogValueBytesMax);
    if (is_plain(value) && !cut) {
        line += value;
        return;
    }
    line += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') line += '\\';
        line += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
    }
    line += cut ? "...\"" : "\"";
}

std::string line_of(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    std::string line;
    line.append(to_string(level)).append(" ").append(event);
    for (const LogField& field : fields) {
        line.append(" ").append(field.key).append("=");
        append_value(line, field.value);
    }
    return line;
}

void write_to_stderr(LogLevel level, std::string line) {
    static const bool journal = leads_to_journal(std::getenv("JOURNAL_STREAM"), STDERR_FILENO);
    if (journal) line.insert(0, "<" + std::to_string(static_cast<int>(level)) + ">");
    line += '\n';
    // One write, so that lines of several threads do not mix. There is nobody to tell when it fails.
    [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

std::string_view to_string(LogLevel level) {
    switch (level) {
        case LogLevel::kError:
            return "error";
        case LogLevel::kWarning:
            return "warning";
        case LogLevel::kNotice:
            return "notice";
        case LogLevel::kInfo:
            return "info";
        case LogLevel::kDebug:
            return "debug";
    }
    return "info";
}

void set_log_level(LogLevel level) {
    least = level;
}

void set_log_sink(LogSink taker) {
    sink = taker;
}

void observe_log(LogObserver* who) {
    observer = who;
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (level > least.load(std::memory_order_relaxed)) return;
    if (LogObserver* who = observer) who->logged(level, event, fields);
    std::string line = line_of(level, event, fields);
    const LogSink taker = sink;
    if (taker == nullptr || !taker(level, event, fields, line)) write_to_stderr(level, std::move(line));
}

}  // namespace tillkeeper
