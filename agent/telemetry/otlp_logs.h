// A line of the log as an element of OTLP's `logRecords`. Values in, text out; any thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "platform/clock.h"
#include "platform/log.h"

namespace tillkeeper::agent {

// The event is the body, each field an attribute, cut where the line cuts it.
[[nodiscard]] std::string otlp_log_record(WallTime time, LogLevel level, std::string_view event,
                                          std::initializer_list<LogField> fields);

}  // namespace tillkeeper::agent
