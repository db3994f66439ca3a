// HttpExchange: one request being received and its answer being waited for, whichever of the two ends first.
#pragma once

#include <microhttpd.h>

#include <functional>
#include <optional>

#include "platform/http_server.h"

namespace tillkeeper {

class HttpExchange {
  public:
    // `wake` runs when a late answer has come: from then on answer() has it.
    HttpExchange(MHD_Connection* connection, const char* method, const char* path,
                 std::move_only_function<void()> wake);
    ~HttpExchange();
    HttpExchange(const HttpExchange&) = delete;
    HttpExchange& operator=(const HttpExchange&) = delete;

    // Takes a piece of the body. Beyond `max` bytes it is too large and nothing is kept any more.
    void receive(std::string_view piece, std::size_t max);
    [[nodiscard]] bool too_large() const { return too_large_; }
    [[nodiscard]] std::size_t received_bytes() const { return received_; }
    // How many bytes the client says it will send; 0 when it does not say.
    [[nodiscard]] std::uint64_t announced_bytes() const;

    // Hands the request over. Once.
    void dispatch(HttpServer::Handler& handler);
    [[nodiscard]] bool dispatched() const { return dispatched_; }
    [[nodiscard]] const std::optional<ServerResponse>& answer() const { return answer_; }

    // The connection rests until the answer comes.
    void suspend();
    void resume();

  private:
    class ReplySlot;
    void take(ServerResponse response);

    MHD_Connection* const connection_;
    std::move_only_function<void()> wake_;
    ServerRequest request_;
    std::size_t received_ = 0;
    bool too_large_ = false;
    bool dispatched_ = false;
    bool suspended_ = false;
    ReplySlot* slot_ = nullptr;  // in the hands of whoever will reply
    std::optional<ServerResponse> answer_;
};

}  // namespace tillkeeper
