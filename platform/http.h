// HttpClient: asynchronous HTTPS requests on one event loop.
//
// TLS verification is always on; redirects are never followed (a 3xx is an answer like any other); every
// response is bounded in size and time. Proxies come from the usual environment variables.
// Thread: all calls and callbacks on the loop that the implementation was given.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/clock.h"

namespace tillkeeper {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// What this end shows of itself in the TLS handshake, where the server asks for it.
struct TlsIdentity {
    std::string certificate_pem{};  // followed by those that lead to its authority
    std::string key{};  // its private key: PEM, not encrypted, or the "pkcs11:..." by which its token has it
};

struct HttpRequest {
    std::string method = "GET";
    std::string url{};
    HttpHeaders headers{};
    std::string body{};
    Duration connect_timeout = std::chrono::seconds(10);
    Duration total_timeout = std::chrono::seconds(60);
    std::size_t response_bytes_max = std::size_t{4} << 20;
    std::string ca_file{};      // empty: the system's certificate store
    std::string unix_socket{};  // empty: TCP; else the path of a local socket to speak to
    bool connect_only = false;  // nothing is asked: the answer without a failure (status 0) means that the server was
                                // reached, without a proxy, and proved its name; the connection is closed then
    TlsIdentity identity{};     // empty: none. Connections are shared only among requests with the same certificate
};

// Why no answer came; kNoRoute also where the network swallowed the request until its time was over. The order is the
// order in which a connection is made. kByStaff: nothing was sent, since people keep the box offline.
enum class TransportFailure : std::uint8_t {
    kNone,
    kByStaff,
    kNoRoute,
    kNoDns,
    kRefused,
    kTls,
    kTimeout,
    kBroken,
    kTooLarge
};

struct HttpResponse {
    TransportFailure failure = TransportFailure::kNone;
    std::string failure_text{};  // for people; empty when failure is kNone
    int status = 0;              // 0 unless failure is kNone
    HttpHeaders headers{};       // names in lower case
    std::string body{};

    // The first header of that name (given in lower case), or "".
    [[nodiscard]] std::string_view header(std::string_view name) const {
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return {};
    }
};

class HttpCall {
  public:
    virtual ~HttpCall() = default;
    // The network swallows it: what was sent has been repeated in vain, and the other end has not confirmed any of it.
    // False while the other end only takes its time.
    [[nodiscard]] virtual bool unheard() const { return false; }
};

class HttpClient {
  public:
    virtual ~HttpClient() = default;
    using Callback = std::move_only_function<void(HttpResponse)>;
    // Calls `done` exactly once, later, never from inside send(), unless the returned call is destroyed
    // before: that cancels it.
    [[nodiscard]] virtual std::unique_ptr<HttpCall> send(HttpRequest request, Callback done) = 0;
};

}  // namespace tillkeeper
