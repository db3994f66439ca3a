#include "platform/linux-arm/microhttpd_server.h"

#include <microhttpd.h>

#include <array>
#include <map>
#include <utility>

#include "platform/linux-arm/http_exchange.h"
#include "platform/linux-arm/listening_socket.h"

namespace tillkeeper {
namespace {

// A client that goes on sending after it was too much loses the connection, and with it the 413.
constexpr std::size_t kTooLargeFactor = 4;
constexpr std::size_t kStreamBlockBytes = 4096;
constexpr const char* kProtocols = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

ServerResponse too_large() {
    return {.status = 413, .content_type = "text/plain", .body = "the request is too large\n", .headers = {}};
}

class MicrohttpdServer final : public HttpServer {
  public:
    MicrohttpdServer(AsioEventLoop& loop, const ListenOptions& options, ListeningSocket socket, Handler handler)
        : loop_(loop),
          body_bytes_max_(options.body_bytes_max),
          socket_(std::move(socket)),
          handler_(std::move(handler)) {}
    ~MicrohttpdServer() override;
    MicrohttpdServer(const MicrohttpdServer&) = delete;
    MicrohttpdServer& operator=(const MicrohttpdServer&) = delete;

    [[nodiscard]] Result<void> start(const ListenOptions& options);
    [[nodiscard]] int port() const override { return socket_.port(); }

  private:
    MHD_Result access(MHD_Connection* connection, const char* path, const char* method, std::string_view piece);
    MHD_Result send(MHD_Connection* connection, const ServerResponse& response);
    MHD_Result send(MHD_Connection* connection, const ServerResponse& response, MHD_Response* made);
    MHD_Result send_stream(MHD_Connection* connection, HttpExchange& exchange);
    void turn();
    void turn_soon();

    AsioEventLoop& loop_;
    const std::size_t body_bytes_max_;
    const ListeningSocket socket_;
    Handler handler_;
    MHD_Daemon* daemon_ = nullptr;
    std::map<MHD_Connection*, std::unique_ptr<HttpExchange>> exchanges_;
    std::unique_ptr<Watch> watch_;
    Timer timer_;
};

Result<void> MicrohttpdServer::start(const ListenOptions& options) {
    const MHD_AccessHandlerCallback on_access = [](void* self, MHD_Connection* connection, const char* path,
                                                   const char* method, const char*, const char* piece,
                                                   size_t* piece_bytes, void** in_progress) {
        auto* server = static_cast<MicrohttpdServer*>(self);
        *in_progress = server;  // not null: tell us when the request is over
        return server->access(connection, path, method, std::string_view(piece, std::exchange(*piece_bytes, 0)));
    };
    const MHD_RequestCompletedCallback on_completed = [](void* self, MHD_Connection* connection, void**,
                                                         MHD_RequestTerminationCode) {
        static_cast<MicrohttpdServer*>(self)->exchanges_.erase(connection);
    };
    const bool tls = !options.identity.certificate_pem.empty();
    const std::array<MHD_OptionItem, 4> secured = {
        {{MHD_OPTION_HTTPS_MEM_CERT, 0, const_cast<char*>(options.identity.certificate_pem.c_str())},
         {MHD_OPTION_HTTPS_MEM_KEY, 0, const_cast<char*>(options.identity.key.c_str())},
         {MHD_OPTION_HTTPS_PRIORITIES, 0, const_cast<char*>(kProtocols)},
         {MHD_OPTION_END, 0, nullptr}}};
    const std::array<MHD_OptionItem, 1> plain = {{{MHD_OPTION_END, 0, nullptr}}};
    const unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (tls ? unsigned{MHD_USE_TLS} : 0);
    daemon_ = MHD_start_daemon(flags, 0, nullptr, nullptr, on_access, this, MHD_OPTION_ARRAY,
                               tls ? secured.data() : plain.data(),                         //
                               MHD_OPTION_NOTIFY_COMPLETED, on_completed, this,             //
                               MHD_OPTION_LISTEN_SOCKET, socket_.fd(),                      //
                               MHD_OPTION_CONNECTION_LIMIT, options.connections_max,        //
                               MHD_OPTION_CONNECTION_TIMEOUT, unsigned{kIdleMax.count()},   //
                               MHD_OPTION_CONNECTION_MEMORY_LIMIT, kRequestHeaderBytesMax,  //
                               MHD_OPTION_END);
    const auto* info = daemon_ == nullptr ? nullptr : MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD);
    if (info != nullptr) watch_ = loop_.watch(info->epoll_fd, [this](AsioEventLoop::Ready) { turn(); });
    if (daemon_ == nullptr && tls)
        return fail(ErrorCode::kInvalid, "the local HTTP server cannot be started with this certificate and its key");
    if (!watch_) return fail(ErrorCode::kUnavailable, "the local HTTP server cannot be started");
    watch_->want(true, false);
    return {};
}

MicrohttpdServer::~MicrohttpdServer() {
    watch_.reset();
    if (daemon_ == nullptr) return;
    for (const auto& [connection, exchange] : exchanges_) exchange->resume();  // or libmicrohttpd refuses to stop
    MHD_quiesce_daemon(daemon_);  // gives the listening socket back: stopping would close it, and then we again
    MHD_stop_daemon(daemon_);
}

MHD_Result MicrohttpdServer::access(MHD_Connection* connection, const char* path, const char* method,
                                    std::string_view piece) {
    std::unique_ptr<HttpExchange>& exchange = exchanges_[connection];
    if (!exchange) {
        exchange = std::make_unique<HttpExchange>(connection, method, path, [this] { turn_soon(); });
        const bool fits = exchange->announced_bytes() <= body_bytes_max_;
        return fits ? MHD_YES : send(connection, too_large());
    }
    if (!piece.empty()) {
        exchange->receive(piece, body_bytes_max_);
        return exchange->received_bytes() / kTooLargeFactor <= body_bytes_max_ ? MHD_YES : MHD_NO;
    }
    if (exchange->too_large()) return send(connection, too_large());
    if (!exchange->dispatched()) exchange->dispatch(handler_);
    if (exchange->answer() && exchange->answer()->stream) return send_stream(connection, *exchange);
    if (exchange->answer()) return send(connection, *exchange->answer());
    exchange->suspend();
    return MHD_YES;
}

MHD_Result MicrohttpdServer::send(MHD_Connection* connection, const ServerResponse& response) {
    return send(connection, response,
                MHD_create_response_from_buffer(response.body.size(), const_cast<char*>(response.body.data()),
                                                MHD_RESPMEM_MUST_COPY));
}

// libmicrohttpd asks for more of a body only while its connection is not suspended: otherwise it would ask all the
// time.
MHD_Result MicrohttpdServer::send_stream(MHD_Connection* connection, HttpExchange& exchange) {
    const MHD_ContentReaderCallback reader = [](void* from, std::uint64_t, char* to, std::size_t max) {
        const auto bytes = static_cast<HttpExchange*>(from)->read(to, max);
        return bytes ? static_cast<ssize_t>(*bytes) : MHD_CONTENT_READER_END_OF_STREAM;
    };
    auto stream = exchange.stream();
    static_cast<void>(stream->write(exchange.answer()->body));
    const MHD_Result queued =
        send(connection, *exchange.answer(),
             MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, kStreamBlockBytes, reader, &exchange, nullptr));
    if (queued == MHD_YES) exchange.answer()->stream(std::move(stream));
    return queued;
}

MHD_Result MicrohttpdServer::send(MHD_Connection* connection, const ServerResponse& response, MHD_Response* made) {
    if (made == nullptr) return MHD_NO;
    bool valid = MHD_add_response_header(made, "Content-Type", response.content_type.c_str()) == MHD_YES;
    for (const auto& [name, value] : response.headers)
        valid = valid && MHD_add_response_header(made, name.c_str(), value.c_str()) == MHD_YES;
    const MHD_Result queued =
        valid ? MHD_queue_response(connection, static_cast<unsigned>(response.status), made) : MHD_NO;
    MHD_destroy_response(made);
    return queued;
}

void MicrohttpdServer::turn() {
    MHD_run(daemon_);
    MHD_UNSIGNED_LONG_LONG milliseconds = 0;
    timer_.reset();
    if (MHD_get_timeout(daemon_, &milliseconds) == MHD_YES)
        timer_ = loop_.after(std::chrono::milliseconds(milliseconds), [this] { turn(); });
}

void MicrohttpdServer::turn_soon() {
    timer_ = loop_.after({}, [this] { turn(); });
}

}  // namespace

Result<std::unique_ptr<HttpServer>> listen(AsioEventLoop& loop, const ListenOptions& options,
                                           HttpServer::Handler handler) {
    auto socket = ListeningSocket::open(options);
    if (!socket) return std::unexpected(socket.error());
    auto server = std::make_unique<MicrohttpdServer>(loop, options, std::move(*socket), std::move(handler));
    if (auto started = server->start(options); !started) return std::unexpected(started.error());
    return server;
}

}  // namespace tillkeeper
