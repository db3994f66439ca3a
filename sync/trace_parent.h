// W3C Trace Context (https://www.w3.org/TR/trace-context/), version 00: which trace a transaction belongs to. A till
// says it, the journal keeps it, and the cloud hears it. Pure; randomness is an argument.
#pragma once

#include <string>
#include <string_view>

#include "platform/random.h"

namespace tillkeeper::sync {

// "00-<32 hex>-<16 hex>-<2 hex>", lower case, no id all zeros. Other versions are not understood.
[[nodiscard]] bool is_traceparent(std::string_view text);
// Of what is_traceparent(): 32 and 16 hex digits, and whether its trace is to be recorded.
[[nodiscard]] std::string_view trace_id(std::string_view traceparent);
[[nodiscard]] std::string_view span_id(std::string_view traceparent);
[[nodiscard]] bool is_sampled(std::string_view traceparent);
// Begins a trace.
[[nodiscard]] std::string new_traceparent(Random& random);
// The same trace with a span of our own; `parent` is_traceparent().
[[nodiscard]] std::string child_traceparent(std::string_view parent, Random& random);

}  // namespace tillkeeper::sync
