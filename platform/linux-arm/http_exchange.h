// HttpExchange: one request being received and its answer being waited for, whichever of the two ends first.
#pragma once

#include <microhttpd.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

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
    [[nodiscard]] std::optional<ServerResponse>& answer() { return answer_; }

    // The connection rests until the answer comes, or more of it.
    void suspend();
    void resume();

    // From now on the answer goes on with what is written to the result.
    [[nodiscard]] std::unique_ptr<ServerStream> stream();
    // What was written, as far as it fits; 0: nothing yet, and the connection rests. Nothing: the end.
    [[nodiscard]] std::optional<std::size_t> read(char* to, std::size_t max);

  private:
    class ReplySlot;
    class Stream;
    void take(ServerResponse response);
    void wake_up();

    MHD_Connection* const connection_;
    std::move_only_function<void()> wake_;
    ServerRequest request_;
    std::size_t received_ = 0;
    bool too_large_ = false;
    bool dispatched_ = false;
    bool suspended_ = false;
    ReplySlot* slot_ = nullptr;  // in the hands of whoever will reply
    std::optional<ServerResponse> answer_;
    Stream* stream_ = nullptr;  // in the hands of whoever writes
    std::string unread_;
};

}  // namespace tillkeeper
