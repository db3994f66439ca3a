// One HTTP request, its answer, and what becomes of it: the words that protocols, connections and services share.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tillkeeper::cloud {

// A longer body is read to its end and thrown away; the request is marked too_large.
inline constexpr std::size_t kBodyBytesMax = std::size_t{4} << 20;

// What a client showed of itself in the TLS handshake; empty when it showed nothing.
struct PeerCertificate {
    std::string name;        // common name
    std::string thumbprint;  // SHA-256, raw
};

struct Request {
    std::string method;
    std::string path;   // without the query
    std::string query;  // without the "?"
    std::string authority;
    std::string authorization;
    std::string dpop;  // a proof of possession
    std::string content_type;
    std::string content_encoding;
    std::string if_none_match;
    std::string idempotency_key;
    std::vector<std::pair<std::string, std::string>> event;  // headers of a binary CloudEvent, without "ce-"
    std::string body;
    PeerCertificate certificate;
    bool too_large = false;
};

struct Answer {
    int status = 200;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers = {};  // names in lower case
    std::string body = {};
};

// What becomes of a request.
struct Fate {
    enum class Kind {
        kAnswer,
        kHang,   // never answered
        kReset,  // the connection is reset
        kCut,    // half of the answer's body, then the connection ends
    };
    Kind kind = Kind::kAnswer;
    std::chrono::milliseconds delay{0};
    Answer answer = {};
};

// What stands behind a port.
class Service {
  public:
    virtual ~Service() = default;
    // Asked once the head of a request is there: true resets the connection when its body begins.
    [[nodiscard]] virtual bool resets_body(const Request& head) = 0;
    [[nodiscard]] virtual Fate serve(const Request& request) = 0;
};

// Notes the header line if it is one of those that matter here. `name` is in lower case.
void set_header(Request& request, std::string_view name, std::string_view value);
// Splits "/path?query" into the two.
void set_target(Request& request, std::string_view target);
// The value of a query's or form's parameter, decoded; "" when it is not there.
[[nodiscard]] std::string form_value(std::string_view form, std::string_view name);
// Form encoding undone: "+" and "%xx".
[[nodiscard]] std::string form_decode(std::string_view text);
// Now, as the `date` header says it (RFC 9110).
[[nodiscard]] const std::string& http_date();

[[nodiscard]] Answer json_answer(int status, std::string body);
// {"error":"..."} as in RFC 6749, which all our errors use; `text` is plain words without quotes.
[[nodiscard]] Answer error_answer(int status, std::string_view error, std::string_view text = {});

}  // namespace tillkeeper::cloud
