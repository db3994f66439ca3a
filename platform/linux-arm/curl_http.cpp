#include "platform/linux-arm/curl_http.h"

#include <unistd.h>

#include <map>
#include <set>
#include <utility>

#include "platform/linux-arm/curl_transfer.h"
#include "platform/linux-arm/tcp_silence.h"

namespace tillkeeper {
namespace {

constexpr long kConnectionsKept = 16;

class CurlHttp final : public HttpClient {
  public:
    explicit CurlHttp(AsioEventLoop& loop);
    ~CurlHttp() override;
    CurlHttp(const CurlHttp&) = delete;
    CurlHttp& operator=(const CurlHttp&) = delete;

    [[nodiscard]] std::unique_ptr<HttpCall> send(HttpRequest request, Callback done) override;

  private:
    class Call;

    // What libcurl calls back.
    void socket_wants(CURL* easy, curl_socket_t fd, int what);
    void timer_wants(long milliseconds);
    void closing(curl_socket_t fd) const;

    void act(curl_socket_t fd, int what);
    void deliver();
    [[nodiscard]] curl_socket_t socket_at(int local_port) const;

    AsioEventLoop& loop_;
    CURLM* multi_ = curl_multi_init();
    std::set<Call*> calls_;  // in flight
    std::map<curl_socket_t, std::unique_ptr<Watch>> watches_;
    Timer timer_;
};

class CurlHttp::Call final : public HttpCall {
  public:
    Call(CurlHttp& client, HttpRequest request, Callback done)
        : client_(&client), transfer_(std::move(request)), done_(std::move(done)) {
        client_->calls_.insert(this);
    }
    ~Call() override { leave(); }

    void begin() {
        auto configured = transfer_.configure();
        if (configured) {
            curl_easy_setopt(transfer_.handle(), CURLOPT_PRIVATE, this);
            watch_connection();
            joined_ = curl_multi_add_handle(client_->multi_, transfer_.handle()) == CURLM_OK;
            if (joined_) return;
            configured = fail(ErrorCode::kInternal, "the request could not be started");
        }
        HttpResponse response;
        response.failure =
            configured.error().code == ErrorCode::kUnavailable ? TransportFailure::kTls : TransportFailure::kBroken;
        response.failure_text = configured.error().message;
        refused_ = client_->loop_.after({}, [this, response = std::move(response)]() mutable {
            leave();
            std::exchange(done_, nullptr)(std::move(response));
        });
    }

    // The callback may destroy this call: nothing of it is touched afterwards.
    void end(CURLcode code) {
        const bool swallowed = swallowed_ || unheard();
        HttpResponse response = transfer_.finish(code);
        if (swallowed && response.failure == TransportFailure::kTimeout) response.failure = TransportFailure::kNoRoute;
        leave();
        auto done = std::move(done_);
        done(std::move(response));
    }

    // The client goes: the callback is never called.
    void abandon() {
        refused_.reset();
        leave();
    }

    // Out of the client's sight, one way or the other.
    void leave() {
        if (client_ == nullptr) return;
        if (std::exchange(joined_, false)) curl_multi_remove_handle(client_->multi_, transfer_.handle());
        client_->calls_.erase(this);
        client_ = nullptr;
    }

    // libcurl waits for this socket on its behalf.
    void uses(curl_socket_t socket) { socket_ = socket; }
    [[nodiscard]] bool unheard() const override {
        if (client_ == nullptr) return false;
        const curl_socket_t socket = local_port_ != 0 ? client_->socket_at(local_port_) : socket_;
        return client_->watches_.contains(socket) && sends_in_vain(socket);
    }
    // While that socket is closed in vain: there was no way for what it carried.
    void gives_up(curl_socket_t socket) {
        swallowed_ = swallowed_ || (local_port_ != 0 ? local_port_ == port_of(socket) : socket_ == socket);
    }

  private:
    void watch_connection() {
        CURL* easy = transfer_.handle();
        // A connection that is there already tells nothing when it is used again, but this.
        const curl_prereq_callback before_sending = [](void* self, char*, char*, int, int local_port) {
            static_cast<Call*>(self)->local_port_ = local_port;
            return CURL_PREREQFUNC_OK;
        };
        curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_sending);
        curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
        // The connection may outlive this call: what it is told then is for the client.
        const curl_closesocket_callback before_closing = [](void* client, curl_socket_t fd) {
            static_cast<const CurlHttp*>(client)->closing(fd);
            return close(fd);
        };
        curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, before_closing);
        curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, client_);
    }

    curl_socket_t socket_ = CURL_SOCKET_BAD;  // while it connects
    int local_port_ = 0;                      // of its connection, once it has one
    bool swallowed_ = false;                  // until the end
    CurlHttp* client_;                        // null once it has left
    bool joined_ = false;
    CurlTransfer transfer_;
    Callback done_;
    Timer refused_;
};

CurlHttp::CurlHttp(AsioEventLoop& loop) : loop_(loop) {
    const curl_socket_callback on_socket = [](CURL* easy, curl_socket_t fd, int what, void* self, void*) {
        static_cast<CurlHttp*>(self)->socket_wants(easy, fd, what);
        return 0;
    };
    const curl_multi_timer_callback on_timer = [](CURLM*, long milliseconds, void* self) {
        static_cast<CurlHttp*>(self)->timer_wants(milliseconds);
        return 0;
    };
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, kConnectionsPerHost);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kConnectionsKept);
}

CurlHttp::~CurlHttp() {
    while (!calls_.empty()) (*calls_.begin())->abandon();
    curl_multi_cleanup(multi_);
}

std::unique_ptr<HttpCall> CurlHttp::send(HttpRequest request, Callback done) {
    auto call = std::make_unique<Call>(*this, std::move(request), std::move(done));
    call->begin();
    return call;
}

void CurlHttp::socket_wants(CURL* easy, curl_socket_t fd, int what) {
    if (what == CURL_POLL_REMOVE) {
        watches_.erase(fd);
        return;
    }
    char* call = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &call);
    if (call != nullptr) reinterpret_cast<Call*>(call)->uses(fd);  // libcurl's own requests have none
    std::unique_ptr<Watch>& watch = watches_[fd];
    if (!watch)
        watch = loop_.watch(fd, [this, fd](AsioEventLoop::Ready direction) {
            act(fd, direction == AsioEventLoop::Ready::kReadable ? CURL_CSELECT_IN : CURL_CSELECT_OUT);
        });
    // Without a descriptor left the transfer ends by its timeout.
    if (watch) watch->want((what & CURL_POLL_IN) != 0, (what & CURL_POLL_OUT) != 0);
}

curl_socket_t CurlHttp::socket_at(int local_port) const {
    for (const auto& [fd, watch] : watches_)
        if (port_of(fd) == local_port) return fd;
    return CURL_SOCKET_BAD;
}

void CurlHttp::closing(curl_socket_t fd) const {
    if (!sends_in_vain(fd)) return;
    for (Call* call : calls_) call->gives_up(fd);
}

void CurlHttp::timer_wants(long milliseconds) {
    timer_.reset();
    if (milliseconds >= 0)
        timer_ = loop_.after(std::chrono::milliseconds(milliseconds), [this] { act(CURL_SOCKET_TIMEOUT, 0); });
}

void CurlHttp::act(curl_socket_t fd, int what) {
    int running = 0;
    curl_multi_socket_action(multi_, fd, what, &running);
    deliver();
}

void CurlHttp::deliver() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result;
        Call* call = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        call->end(code);
    }
}

}  // namespace

std::unique_ptr<HttpClient> make_http_client(AsioEventLoop& loop) {
    [[maybe_unused]] static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    return std::make_unique<CurlHttp>(loop);
}

}  // namespace tillkeeper
