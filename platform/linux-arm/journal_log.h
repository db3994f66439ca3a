// Lines of the log as entries of systemd's journal, each field for itself: `journalctl TILLKEEPER_DESTINATION=erp`.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "platform/log.h"

namespace tillkeeper {

// "NAME=value" each: MESSAGE (the line), PRIORITY, SYSLOG_IDENTIFIER, TILLKEEPER_EVENT and, for each field,
// TILLKEEPER_<KEY>: capitals and digits, "_" for all else, values cut as in the line. Pure.
[[nodiscard]] std::vector<std::string> journal_fields(LogLevel level, std::string_view event,
                                                      std::initializer_list<LogField> fields, std::string_view line,
                                                      std::string_view program);

// From now on lines go to the journal with their fields, if standard error leads there; else all stays as it is. What
// the journal does not take goes to standard error. Once, at start.
void log_to_journal();

}  // namespace tillkeeper
