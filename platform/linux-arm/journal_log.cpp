#include "platform/linux-arm/journal_log.h"

#define SD_JOURNAL_SUPPRESS_LOCATION  // it would always be this file
#include <errno.h>                    // program_invocation_short_name
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <cstdlib>

#include "platform/ascii.h"
#include "platform/linux-arm/journal_stream.h"

namespace tillkeeper {
namespace {

constexpr std::size_t kNameBytesMax = 64;  // longer ones the journal throws away
constexpr std::string_view kOurs = "TILLKEEPER_";

std::string name_of(std::string_view key) {
    std::string name(kOurs);
    for (const char c : key.substr(0, kNameBytesMax - kOurs.size()))
        name += !is_ascii_alnum(c) ? '_' : c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    return name;
}

bool send(LogLevel level, std::string_view event, std::initializer_list<LogField> fields, std::string_view line) {
    auto texts = journal_fields(level, event, fields, line, program_invocation_short_name);
    std::vector<iovec> pieces;
    pieces.reserve(texts.size());
    for (auto& text : texts) pieces.push_back({text.data(), text.size()});
    return sd_journal_sendv(pieces.data(), static_cast<int>(pieces.size())) == 0;
}

}  // namespace

std::vector<std::string> journal_fields(LogLevel level, std::string_view event, std::initializer_list<LogField> fields,
                                        std::string_view line, std::string_view program) {
    std::vector<std::string> texts{
        "MESSAGE=" + std::string(line), "PRIORITY=" + std::to_string(static_cast<int>(level)),
        "SYSLOG_IDENTIFIER=" + std::string(program), "TILLKEEPER_EVENT=" + std::string(event)};
    for (const LogField& field : fields)
        texts.push_back(name_of(field.key) + '=' + field.value.substr(0, kLogValueBytesMax));
    return texts;
}

void log_to_journal() {
    if (leads_to_journal(std::getenv("JOURNAL_STREAM"), STDERR_FILENO)) set_log_sink(send);
}

}  // namespace tillkeeper
