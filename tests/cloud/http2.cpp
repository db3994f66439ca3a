#include "tests/cloud/http2.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace tillkeeper::cloud {
namespace {

constexpr std::int32_t kWindowBytes = 16 << 20;
constexpr std::uint32_t kStreamsMax = 256;
constexpr std::size_t kCollectBytes = std::size_t{256} << 10;

nghttp2_nv field(std::string_view name, std::string_view value) {
    // The library copies both, and does not write to them.
    const auto bytes = [](std::string_view text) {
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

Http2::Http2(Exchanges& exchanges) : exchanges_(exchanges) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    nghttp2_session* session = nullptr;
    nghttp2_session_server_new(&session, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    session_.reset(session);
    const std::array<nghttp2_settings_entry, 2> settings{{
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kStreamsMax},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindowBytes},
    }};
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kWindowBytes);
}

bool Http2::receive(std::string_view bytes) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    return nghttp2_session_mem_recv(session_.get(), data, bytes.size()) >= 0;
}

void Http2::collect(std::string& out) {
    const std::uint8_t* data = nullptr;
    while (out.size() < kCollectBytes) {
        const ssize_t size = nghttp2_session_mem_send(session_.get(), &data);
        if (size <= 0) return;
        out.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
    }
}

bool Http2::finished() const {
    return nghttp2_session_want_read(session_.get()) == 0 && nghttp2_session_want_write(session_.get()) == 0;
}

Http2::Stream* Http2::find(std::int32_t id) {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : &found->second;
}

void Http2::answer(std::int32_t id, Answer answer, bool half) {
    Stream* stream = find(id);
    if (stream == nullptr) return;  // the client gave up
    stream->answer = std::move(answer);
    const Answer& kept = stream->answer;
    stream->send_max = half ? kept.body.size() / 2 : kept.body.size();
    const std::string status = std::to_string(kept.status);
    const std::string length = std::to_string(kept.body.size());
    std::vector<nghttp2_nv> fields = {field(":status", status), field("date", http_date()),
                                      field("content-type", kept.content_type), field("content-length", length)};
    for (const auto& [name, value] : kept.headers) fields.push_back(field(name, value));
    nghttp2_data_provider provider{};
    provider.source.ptr = stream;
    provider.read_callback = read_body;
    nghttp2_submit_response(session_.get(), id, fields.data(), fields.size(), &provider);
}

ssize_t Http2::read_body(nghttp2_session*, std::int32_t, std::uint8_t* buffer, std::size_t size, std::uint32_t* flags,
                         nghttp2_data_source* source, void*) {
    auto& stream = *static_cast<Stream*>(source->ptr);
    const std::size_t take = std::min(size, stream.send_max - stream.sent);
    if (take == 0 && stream.send_max < stream.answer.body.size()) return NGHTTP2_ERR_DEFERRED;
    std::memcpy(buffer, stream.answer.body.data() + stream.sent, take);
    stream.sent += take;
    if (stream.sent == stream.answer.body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(take);
}

int Http2::on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    if (frame->headers.cat == NGHTTP2_HCAT_REQUEST)
        static_cast<Http2*>(self)->streams_.try_emplace(frame->hd.stream_id);
    return 0;
}

int Http2::on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_length,
                     const std::uint8_t* value, std::size_t value_length, std::uint8_t, void* self) {
    Stream* stream = static_cast<Http2*>(self)->find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    const std::string_view key(reinterpret_cast<const char*>(name), name_length);
    const std::string_view text(reinterpret_cast<const char*>(value), value_length);
    if (key == ":method") {
        stream->request.method = text;
    } else if (key == ":path") {
        set_target(stream->request, text);
    } else {
        set_header(stream->request, key, text);
    }
    return 0;
}

int Http2::head_ended(std::int32_t id) {
    if (Stream* stream = find(id)) stream->doomed = !exchanges_.on_head(stream->request);
    return 0;
}

int Http2::request_ended(std::int32_t id) {
    Stream* stream = find(id);
    if (stream == nullptr) return 0;
    if (stream->doomed) return NGHTTP2_ERR_CALLBACK_FAILURE;
    exchanges_.on_request(id, stream->request);
    stream->request.body = {};
    return 0;
}

int Http2::on_frame_recv(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    auto& http = *static_cast<Http2*>(self);
    const bool head = frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
    if (head) http.head_ended(frame->hd.stream_id);
    const bool carries_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (!carries_end || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    return http.request_ended(frame->hd.stream_id);
}

int Http2::on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data, std::size_t size,
                   void* self) {
    Stream* stream = static_cast<Http2*>(self)->find(id);
    if (stream == nullptr) return 0;
    if (stream->doomed) return NGHTTP2_ERR_CALLBACK_FAILURE;
    Request& request = stream->request;
    if (request.body.size() + size > kBodyBytesMax) request.too_large = true;
    if (!request.too_large) request.body.append(reinterpret_cast<const char*>(data), size);
    return 0;
}

int Http2::on_stream_close(nghttp2_session*, std::int32_t id, std::uint32_t, void* self) {
    static_cast<Http2*>(self)->streams_.erase(id);
    return 0;
}

}  // namespace tillkeeper::cloud
