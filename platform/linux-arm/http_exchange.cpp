#include "platform/linux-arm/http_exchange.h"

#include <charconv>
#include <utility>

#include "platform/ascii.h"

namespace tillkeeper {

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

HttpExchange::HttpExchange(MHD_Connection* connection, const char* method, const char* path,
                           std::move_only_function<void()> wake)
    : connection_(connection), wake_(std::move(wake)) {
    request_.method = method;
    request_.path = path;
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
    if (!suspended_) return;
    resume();
    wake_();
}

void HttpExchange::suspend() {
    suspended_ = true;
    MHD_suspend_connection(connection_);
}

void HttpExchange::resume() {
    if (std::exchange(suspended_, false)) MHD_resume_connection(connection_);
}

}  // namespace tillkeeper
