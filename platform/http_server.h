// HttpServer: a small local HTTP server for the staff page, metrics and the control socket.
//
// Listens on a TCP address (loopback by default), with TLS or without, or on a Unix socket with the given mode. Request
// bodies, header sizes, connections and idle times are bounded. Not meant for the internet. Thread: all calls and
// callbacks on the loop that the implementation was given.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "platform/http.h"
#include "platform/result.h"

namespace tillkeeper {

struct ListenOptions {
    std::string address = "127.0.0.1";
    int port = 0;               // 0: any free one, see HttpServer::port()
    std::string unix_socket{};  // when not empty, instead of address and port; a stale file is replaced
    unsigned unix_mode = 0600;
    std::size_t body_bytes_max = std::size_t{1} << 20;  // beyond: 413
    unsigned connections_max = 32;
    // Over TLS 1.2 or newer, and nothing else, where it has a certificate. Its key is PEM: no token holds it.
    TlsIdentity identity{};
};

struct ServerRequest {
    std::string method{};
    std::string path{};                          // decoded, without query
    std::map<std::string, std::string> query{};  // decoded
    HttpHeaders headers{};                       // names in lower case
    std::string body{};
    std::string peer{};  // the address it comes from, without port; "" over a Unix socket
};

// A body that goes on after its beginning, such as server-sent events. Whoever has it ends it by destroying it.
class ServerStream {
  public:
    static constexpr std::size_t kUnreadBytesMax = 64 * 1024;

    virtual ~ServerStream() = default;
    // False: the client has gone or does not read what it asked for, and nothing leaves any more. A client that went
    // away in silence is noticed only by writing.
    virtual bool write(std::string_view bytes) = 0;
};

struct ServerResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::string body{};
    HttpHeaders headers{};  // further ones
    // When set, the body goes on after `body`; called once the head is on its way.
    std::move_only_function<void(std::unique_ptr<ServerStream>)> stream{};
};

class HttpServer {
  public:
    virtual ~HttpServer() = default;  // closes all connections
    // May be called later, once, on the loop; a reply after the server or the connection has gone is dropped.
    using Reply = std::move_only_function<void(ServerResponse)>;
    using Handler = std::move_only_function<void(ServerRequest, Reply)>;
    [[nodiscard]] virtual int port() const = 0;  // 0 for a Unix socket
};

}  // namespace tillkeeper
