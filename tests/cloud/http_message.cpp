#include "tests/cloud/http_message.h"

#include <array>
#include <ctime>

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

void set_header(Request& request, std::string_view name, std::string_view value) {
    if (name == "authorization") request.authorization = value;
    if (name == "dpop") request.dpop = value;
    if (name == "content-type") request.content_type = value;
    if (name == "content-encoding") request.content_encoding = value;
    if (name == "if-none-match") request.if_none_match = value;
    if (name == "idempotency-key") request.idempotency_key = value;
    if (name.starts_with("ce-")) request.event.emplace_back(name.substr(3), value);
    if (name == ":authority" || name == "host") request.authority = value;
}

void set_target(Request& request, std::string_view target) {
    const std::size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    request.query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
}

std::string form_value(std::string_view form, std::string_view name) {
    while (!form.empty()) {
        const std::size_t end = form.find('&');
        const std::string_view pair = form.substr(0, end);
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos && form_decode(pair.substr(0, equals)) == name)
            return form_decode(pair.substr(equals + 1));
        form = end == std::string_view::npos ? std::string_view() : form.substr(end + 1);
    }
    return {};
}

std::string form_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape =
            text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
        if (escape) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

const std::string& http_date() {
    static thread_local std::time_t said = 0;
    static thread_local std::string text;
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    if (now != said) {
        std::tm parts{};
        gmtime_r(&now, &parts);
        std::array<char, 64> out{};
        text.assign(out.data(), std::strftime(out.data(), out.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts));
        said = now;
    }
    return text;
}

Answer json_answer(int status, std::string body) {
    return Answer{.status = status, .body = std::move(body)};
}

Answer error_answer(int status, std::string_view error, std::string_view text) {
    std::string body = "{\"error\":";
    append_json_string(body, error);
    if (!text.empty()) {
        body += ",\"error_description\":";
        append_json_string(body, text);
    }
    body += "}\n";
    return json_answer(status, std::move(body));
}

}  // namespace tillkeeper::cloud
