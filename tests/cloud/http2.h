// HTTP/2 by libnghttp2: many requests at once over one connection.
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <unordered_map>

#include "tests/cloud/protocol.h"

namespace tillkeeper::cloud {

class Http2 : public Protocol {
  public:
    explicit Http2(Exchanges& exchanges);

    bool receive(std::string_view bytes) override;
    void answer(std::int32_t stream, Answer answer, bool half) override;
    void collect(std::string& out) override;
    bool finished() const override;

  private:
    struct Stream {
        Request request = {};
        bool doomed = false;  // reset when the body begins
        Answer answer = {};
        std::size_t sent = 0;
        std::size_t send_max = 0;  // less than the body when only half of it goes out
    };
    struct Free {
        void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
    };

    Stream* find(std::int32_t id);
    int head_ended(std::int32_t id);
    int request_ended(std::int32_t id);

    static int on_begin_headers(nghttp2_session*, const nghttp2_frame*, void*);
    static int on_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_length,
                         const std::uint8_t* value, std::size_t value_length, std::uint8_t, void*);
    static int on_frame_recv(nghttp2_session*, const nghttp2_frame*, void*);
    static int on_data(nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t*, std::size_t, void*);
    static int on_stream_close(nghttp2_session*, std::int32_t, std::uint32_t, void*);
    static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t* buffer, std::size_t size,
                             std::uint32_t* flags, nghttp2_data_source* source, void*);

    Exchanges& exchanges_;
    std::unique_ptr<nghttp2_session, Free> session_;
    std::unordered_map<std::int32_t, Stream> streams_;
};

}  // namespace tillkeeper::cloud
