#include "tests/cloud/http1.h"

#include <algorithm>
#include <charconv>

namespace tillkeeper::cloud {
namespace {

constexpr std::size_t kHeadBytesMax = std::size_t{64} << 10;
constexpr std::size_t kDiscardBytesMax = std::size_t{256} << 20;  // of a body that is too large

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

bool Http1::receive(std::string_view bytes) {
    if (closing_) return true;
    in_ += bytes;
    return advance();
}

bool Http1::advance() {
    advancing_ = true;
    while (!busy_ && !closing_ && !doomed_ && (in_body_ ? read_body() : read_head())) {
    }
    advancing_ = false;
    return !(doomed_ && (!in_.empty() || body_left_ == 0));
}

bool Http1::read_head() {
    const std::size_t end = in_.find("\r\n\r\n");
    if (end == std::string::npos) {
        if (in_.size() > kHeadBytesMax) refuse(431, "the head is too large");
        return false;
    }
    request_ = Request{};
    framing_ = Framing{};
    std::string_view head = std::string_view(in_).substr(0, end);
    const std::size_t line_end = std::min(head.find("\r\n"), head.size());
    const std::string_view first = head.substr(0, line_end);
    const std::size_t a = first.find(' ');
    const std::size_t b = first.rfind(' ');
    if (a == std::string_view::npos || a == b || !first.substr(b + 1).starts_with("HTTP/1."))
        return refuse(400, "malformed request line"), false;
    framing_.close = first.ends_with("HTTP/1.0");
    request_.method = first.substr(0, a);
    set_target(request_, first.substr(a + 1, b - a - 1));
    while (line_end != head.size() && !head.empty()) {
        const std::size_t stop = std::min(head.find("\r\n"), head.size());
        if (head.data() != in_.data()) read_line(head.substr(0, stop));
        head.remove_prefix(std::min(stop + 2, head.size()));
    }
    in_.erase(0, end + 4);
    if (framing_.malformed || framing_.length > kDiscardBytesMax) return refuse(400, "malformed head"), false;
    if (framing_.chunked) return refuse(411, "Content-Length is required"), false;
    begin_body();
    return true;
}

void Http1::read_line(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
        framing_.malformed = true;
        return;
    }
    const std::string name = lower(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (name == "content-length") {
        const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), framing_.length);
        framing_.malformed |= error != std::errc() || stop != value.data() + value.size();
    } else if (name == "transfer-encoding") {
        framing_.chunked = true;
    } else if (name == "connection") {
        framing_.close |= lower(value) == "close";
    } else if (name == "expect") {
        framing_.expects_continue = lower(value) == "100-continue";
    } else {
        set_header(request_, name, value);
    }
}

void Http1::begin_body() {
    body_left_ = framing_.length;
    request_.too_large = body_left_ > kBodyBytesMax;
    if (!request_.too_large) request_.body.reserve(body_left_);
    doomed_ = !exchanges_.on_head(request_);
    if (framing_.expects_continue && in_.empty() && body_left_ > 0) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    in_body_ = true;
}

bool Http1::read_body() {
    const std::size_t take = std::min(body_left_, in_.size());
    if (!request_.too_large) request_.body.append(in_, 0, take);
    in_.erase(0, take);
    body_left_ -= take;
    if (body_left_ > 0) return false;
    in_body_ = false;
    busy_ = true;
    exchanges_.on_request(0, request_);
    return true;
}

void Http1::refuse(int status, std::string_view error) {
    framing_.close = true;
    answer(0, error_answer(status, error), false);
}

void Http1::write_head(const Answer& answer) {
    out_ += "HTTP/1.1 " + std::to_string(answer.status) + " -\r\ndate: " + http_date() +
            "\r\ncontent-type: " + answer.content_type + "\r\ncontent-length: " + std::to_string(answer.body.size()) +
            "\r\n";
    for (const auto& [name, value] : answer.headers) out_ += name + ": " + value + "\r\n";
    if (framing_.close) out_ += "connection: close\r\n";
    out_ += "\r\n";
}

void Http1::answer(std::int32_t, Answer answer, bool half) {
    write_head(answer);
    out_ += std::string_view(answer.body).substr(0, half ? answer.body.size() / 2 : answer.body.size());
    closing_ = framing_.close;
    busy_ = half;
    if (!advancing_ && !busy_) advance();
}

void Http1::collect(std::string& out) {
    out += out_;
    out_.clear();
}

}  // namespace tillkeeper::cloud
