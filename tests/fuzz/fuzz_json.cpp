// The scan of hostile JSON, and the times and addresses that others write. [agent-2] [sync-5]
//
// Input: one byte says which of the readers, the rest is the text.
#include <algorithm>
#include <string>

#include "agent/contract/json_scan.h"
#include "agent/contract/json_string.h"
#include "agent/contract/problem.h"
#include "sync/answer.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fuzz/document.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"

using namespace tillkeeper;
using fuzz::require;

namespace {

class Count final : public agent::JsonVisitor {
  public:
    void value(const agent::JsonPlace& place, agent::JsonType, std::string_view) override {
        require(place.depth <= place.names.size(), "a visitor sees three steps deep");
        roots += place.depth == 0 ? 1 : 0;
    }
    int roots = 0;
};

void scan(std::string_view text) {
    Count count;
    const auto found = agent::scan_json(text, {}, &count);
    if (!found) return;
    const bool full = found->size() >= agent::kJsonFindingsMax;  // then one finding more is not told
    const bool broken = std::ranges::any_of(
        *found, [](const auto& finding) { return finding.kind == agent::JsonFinding::Kind::kLoneSurrogate; });
    require(full || broken || fuzz::is_json(text), "what we take for JSON is JSON to others too");
    require(count.roots == 1, "a document has one root");
    require(found->size() <= 2 * agent::kJsonFindingsMax, "the list of findings is short");
}

void string(std::string_view text) {
    agent::JsonString first;
    if (!first.read(text, 0)) return;
    require(first.end() <= text.size(), "a string ends within the text");
    const std::string value(first.value());
    const std::string again = agent::quoted(value);
    require(fuzz::is_json(again), "a string written again is JSON");
    agent::JsonString second;
    require(second.read(again, 1) && second.end() == again.size(), "a string written again can be read");
    fuzz::require_same(second.value(), value, "a string written again is the same");
}

void time(std::string_view text) {
    const auto now = fakes::FakeClock::kStart;
    if (const auto wait = sync::parse_retry_after(text, now))
        require(*wait >= Duration::zero() && *wait <= sync::kRetryAfterMax, "Retry-After is within its limit");
    const auto parsed = parse_rfc3339(text);
    if (!parsed) return;
    const auto whole = std::chrono::floor<std::chrono::seconds>(*parsed);
    const auto written = parse_rfc3339(to_rfc3339(*parsed));
    require(written && *written == whole, "a time written again is the same, to the second");
    const auto finer = parse_rfc3339(to_rfc3339(*parsed, true));
    require(finer && *finer == std::chrono::floor<std::chrono::milliseconds>(*parsed), "and to the millisecond");
}

void words(std::string_view text) {
    for (const std::size_t most : {0U, 1U, 7U, 300U}) {
        const std::string plain = sync::plain_words(text, most);
        require(plain.size() <= most, "words are cut to their limit");
        for (const char c : plain)
            require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F, "words have no control characters");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto which = input.byte() % 4;
    const auto text = input.rest();
    if (which == 0) scan(text);
    if (which == 1) string(text);
    if (which == 2) time(text);
    if (which == 3) words(text);
    return 0;
}
