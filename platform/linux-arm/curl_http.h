// HttpClient on libcurl's multi interface, driven by the loop.
//
// HTTP/2 where the server offers it (ALPN), many requests over one connection; connections are kept and used again.
// TLS 1.2 or later. Plain http only to this machine (127.0.0.0/8, ::1, localhost) or over a Unix socket: anything
// else ends as kTls without a packet being sent. Answers are decompressed; response_bytes_max counts what comes out.
// kConnectionsPerHost bounds connections; requests beyond wait within their total_timeout.
// A call may be destroyed at any time, also from its own callback; the client not from within a callback.
#pragma once

#include <memory>

#include "platform/http.h"
#include "platform/linux-arm/asio_event_loop.h"

namespace tillkeeper {

inline constexpr long kConnectionsPerHost = 8;
inline constexpr std::size_t kResponseHeaderBytesMax = 64 * 1024;

[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(AsioEventLoop& loop);

}  // namespace tillkeeper
