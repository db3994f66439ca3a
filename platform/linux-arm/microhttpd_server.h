// HttpServer on libmicrohttpd, driven by the loop, without threads of its own.
//
// A Reply that is destroyed without having been called answers 500. Idle connections are closed after kIdleMax; those
// that wait for a late Reply are not idle. The server is destroyed outside of its handler.
#pragma once

#include <memory>

#include "platform/http_server.h"
#include "platform/linux-arm/asio_event_loop.h"

namespace tillkeeper {

inline constexpr std::chrono::seconds kIdleMax{30};
inline constexpr std::size_t kRequestHeaderBytesMax = 32 * 1024;  // beyond: 431, or 414 for the address

// kUnavailable when the address or socket is taken or not permitted; kInvalid when it is none, or when the certificate
// and its key cannot be used.
[[nodiscard]] Result<std::unique_ptr<HttpServer>> listen(AsioEventLoop& loop, const ListenOptions& options,
                                                         HttpServer::Handler handler);

}  // namespace tillkeeper
