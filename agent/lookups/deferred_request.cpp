#include "agent/lookups/deferred_request.h"

#include "agent/lookups/record_text.h"
#include "platform/crypto.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

// Correlation Data may be any bytes.
std::string hex(std::string_view bytes) {
    return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

Result<std::string> unhex(std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    if (text.size() % 2 != 0 || text.find_first_not_of(kHex) != std::string_view::npos)
        return fail(ErrorCode::kCorrupt, "a kept look-up has broken Correlation Data");
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2)
        bytes += static_cast<char>(kHex.find(text[i]) << 4 | kHex.find(text[i + 1]));
    return bytes;
}

}  // namespace

std::string to_text(const DeferredRequest& request) {
    return R"({"topic":)" + quoted(request.to.topic) + R"(,"correlation":")" + hex(request.to.correlation_data) +
           R"(","request":)" + request.payload + '}';
}

Result<DeferredRequest> parse_deferred(std::string_view text) {
    if (!sync::is_json(text)) return fail(ErrorCode::kCorrupt, "a kept look-up cannot be read");
    DeferredRequest request;
    request.payload = sync::json_member(text, "request");
    request.to.topic = text_member(text, "topic");
    auto correlation = unhex(text_member(text, "correlation"));
    if (!correlation) return std::unexpected(correlation.error());
    request.to.correlation_data = std::move(*correlation);
    if (request.payload.empty() || request.to.topic.empty())
        return fail(ErrorCode::kCorrupt, "a kept look-up cannot be read");
    return request;
}

}  // namespace tillkeeper::agent
