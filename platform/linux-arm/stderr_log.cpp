#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "platform/log.h"

namespace tillkeeper {
namespace {

constexpr std::size_t kValueBytesMax = 1024;

std::atomic<LogLevel> least{LogLevel::kInfo};

// systemd tells in JOURNAL_STREAM which device and inode its journal's pipe has.
bool connected_to_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat status{};
    if (stream == nullptr || fstat(STDERR_FILENO, &status) != 0) return false;
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

std::string_view word(LogLevel level) {
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

bool is_plain(std::string_view value) {
    for (const char c : value)
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == '\x7f') return false;
    return !value.empty();
}

// One line stays one line whatever the value holds: an attacker cannot forge a second one.
void append_value(std::string& line, std::string_view value) {
    const bool cut = value.size() > kValueBytesMax;
    value = value.substr(0, kValueBytesMax);
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

}  // namespace

void set_log_level(LogLevel level) {
    least = level;
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    static const bool journal = connected_to_journal();
    if (level > least.load(std::memory_order_relaxed)) return;
    std::string line;
    if (journal) line.append("<").append(std::to_string(static_cast<int>(level))).append(">");
    line.append(word(level)).append(" ").append(event);
    for (const LogField& field : fields) {
        line.append(" ").append(field.key).append("=");
        append_value(line, field.value);
    }
    line += '\n';
    // One write, so that lines of several threads do not mix. There is nobody to tell when it fails.
    [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace tillkeeper
