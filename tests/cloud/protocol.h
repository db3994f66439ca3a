// Protocol: HTTP spoken over one connection, as bytes in and bytes out. No I/O of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/cloud/http_message.h"

namespace tillkeeper::cloud {

// What a protocol tells the connection that owns it.
class Exchanges {
  public:
    virtual ~Exchanges() = default;
    // The head of a request. False: the connection is to be reset when the body begins.
    [[nodiscard]] virtual bool on_head(const Request& head) = 0;
    // A whole request, all but who the client is. May call Protocol::answer() at once, later, or never.
    virtual void on_request(std::int32_t stream, Request& request) = 0;
};

class Protocol {
  public:
    virtual ~Protocol() = default;
    // Takes what arrived. False: the connection is to be reset.
    [[nodiscard]] virtual bool receive(std::string_view bytes) = 0;
    // `half`: only the first half of the body goes out; the rest never follows.
    virtual void answer(std::int32_t stream, Answer answer, bool half) = 0;
    // Appends what can be sent now.
    virtual void collect(std::string& out) = 0;
    // Nothing more will be read or sent: close.
    [[nodiscard]] virtual bool finished() const = 0;
};

}  // namespace tillkeeper::cloud
