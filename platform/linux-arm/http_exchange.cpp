#include "platform/linux-arm/http_exchange.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <utility>

#include "platform/ascii.h"

namespace tillkeeper {
namespace {

std::string peer_of(MHD_Connection* connection) {
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == nullptr || info->client_addr == nullptr) return "";
    const sockaddr* address = info->client_addr;
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* from = nullptr;
    if (address->sa_family == AF_INET) from = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
    if (address->sa_family == AF_INET6) from = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (from == nullptr || inet_ntop(address->sa_family, from, text.data(), text.size()) == nullptr) return "";
    return text.data();
}

}  // namespace

// Ties a Reply to its exchange in both directions: whichever goes first tells the other.
class HttpExchange::ReplySlot {
  public:
    explicit ReplySlot(HttpExchange& exchange) : exchange_(&exchange) { exchange.slot_ = this; }
    ~ReplySlot() {
        if (exchange_ != nullptr)
            reply({.status = 500, .content_type = "text/plain", .body = "no answer\n", .headers = {}});
    }
    ReplySlot(const ReplySlot&) = delete;
    ReplySlot& operator=(const ReplySlot&) = delete;

    void reply(ServerResponse response) {
        HttpExchange* exchange = std::exchange(exchange_, nullptr);
        if (exchange == nullptr) return;
        exchange->slot_ = nullptr;
        exchange->take(std::move(response));
    }
    void forget() { exchange_ = nullptr; }

  private:
    HttpExchange* exchange_;
};

// Likewise.
class HttpExchange::Stream final : public ServerStream {
  public:
    explicit Stream(HttpExchange& exchange) : exchange_(&exchange) {}
    ~Stream() override { end(); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    bool write(std::string_view bytes) override {
        if (exchange_ != nullptr && exchange_->unread_.size() + bytes.size() > kUnreadBytesMax) end();
        if (exchange_ == nullptr) return false;
        exchange_->unread_ += bytes;
        exchange_->wake_up();
        return true;
    }
    void forget() { exchange_ = nullptr; }

  private:
    void end() {
        HttpExchange* exchange = std::exchange(exchange_, nullptr);
        if (exchange == nullptr) return;
        exchange->stream_ = nullptr;
        exchange->wake_up();
    }
    HttpExchange* exchange_;
};

HttpExchange::HttpExchange(MHD_Connection* connection, const char* method, const char* path,
                           std::move_only_function<void()> wake)
    : connection_(connection), wake_(std::move(wake)) {
    request_.method = method;
    request_.path = path;
    request_.peer = peer_of(connection);
    MHD_get_connection_values(
        connection, MHD_HEADER_KIND,
        [](void* to, MHD_ValueKind, const char* name, const char* value) {
            static_cast<HttpHeaders*>(to)->emplace_back(ascii_lower(name), value == nullptr ? "" : value);
            return MHD_YES;
        },
        &request_.headers);
    MHD_get_connection_values(
        connection, MHD_GET_ARGUMENT_KIND,
        [](void* to, MHD_ValueKind, const char* name, const char* value) {
            auto& query = *static_cast<std::map<std::string, std::string>*>(to);
            query.emplace(name, value == nullptr ? "" : value);
            return MHD_YES;
        },
        &request_.query);
}

HttpExchange::~HttpExchange() {
    if (slot_ != nullptr) slot_->forget();
    if (stream_ != nullptr) stream_->forget();
}

std::uint64_t HttpExchange::announced_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& [name, value] : request_.headers)
        if (name == "content-length") std::from_chars(value.data(), value.data() + value.size(), bytes);
    return bytes;
}

void HttpExchange::receive(std::string_view piece, std::size_t max) {
    received_ += piece.size();
    too_large_ = too_large_ || received_ > max;
    if (too_large_)
        request_.body = {};
    else
        request_.body += piece;
}

void HttpExchange::dispatch(HttpServer::Handler& handler) {
    dispatched_ = true;
    handler(std::move(request_),
            [slot = std::make_unique<ReplySlot>(*this)](ServerResponse response) { slot->reply(std::move(response)); });
}

void HttpExchange::take(ServerResponse response) {
    answer_ = std::move(response);
    wake_up();
}

void HttpExchange::wake_up() {
    if (!suspended_) return;
    resume();
    wake_();
}

std::unique_ptr<ServerStream> HttpExchange::stream() {
    auto made = std::make_unique<Stream>(*this);
    stream_ = made.get();
    return made;
}

std::optional<std::size_t> HttpExchange::read(char* to, std::size_t max) {
    if (unread_.empty() && stream_ == nullptr) return std::nullopt;
    if (unread_.empty()) suspend();
    const auto bytes = unread_.copy(to, max);
    unread_.erase(0, bytes);
    return bytes;
}

void HttpExchange::suspend() {
    suspended_ = true;
    MHD_suspend_connection(connection_);
}

void HttpExchange::resume() {
    if (std::exchange(suspended_, false)) MHD_resume_connection(connection_);
}

}  // namespace tillkeeper
