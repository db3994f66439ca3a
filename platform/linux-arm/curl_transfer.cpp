#include "platform/linux-arm/curl_transfer.h"

#include <cerrno>

#include "platform/ascii.h"
#include "platform/crypto.h"
#include "platform/linux-arm/curl_http.h"
#include "platform/linux-arm/local_address.h"
#include "platform/linux-arm/openssl_token.h"

namespace tillkeeper {
namespace {

using Part = std::unique_ptr<char, decltype(&curl_free)>;

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n'))
        text.remove_suffix(1);
    return text;
}

long milliseconds_of(Duration duration) {
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
    return static_cast<long>(std::clamp<decltype(rounded)>(rounded, 1, 1L << 30));
}

bool set(CURL* easy, CURLoption option, auto value) {
    return curl_easy_setopt(easy, option, value) == CURLE_OK;
}

TransportFailure connect_failure(long system_error) {
    switch (system_error) {
        case ENETUNREACH:
        case EHOSTUNREACH:
        case ENETDOWN:
        case EADDRNOTAVAIL:
        case EACCES:
        case EPERM:
            return TransportFailure::kNoRoute;
        case ETIMEDOUT:
            return TransportFailure::kTimeout;
        default:
            return TransportFailure::kRefused;
    }
}

// In TLS 1.3 a client has finished its handshake before the server judges its certificate: the refusal comes as an
// alert while the answer is read (RFC 8446 section 4.4.2.4), and only OpenSSL's words in libcurl's text tell it.
bool is_tls_alert(std::string_view text) {
    return text.contains("SSL routines") && text.contains(" alert ");
}

}  // namespace

CurlTransfer::CurlTransfer(HttpRequest request) : request_(std::move(request)), easy_(curl_easy_init()) {}

Result<void> CurlTransfer::configure() {
    if (auto checked = check_address(); !checked) return checked;
    if (!easy_ || !set_request() || !set_limits() || !set_transport() || !set_identity())
        return fail(ErrorCode::kInvalid, "the request cannot be made: " + std::string(error_));
    return {};
}

Result<void> CurlTransfer::check_address() {
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
    char* scheme = nullptr;
    char* host = nullptr;
    if (curl_url_set(url.get(), CURLUPART_URL, request_.url.c_str(), 0) != CURLUE_OK ||
        curl_url_get(url.get(), CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        return fail(ErrorCode::kInvalid, "not an address");
    const Part owned_scheme(scheme, &curl_free);
    const CURLUcode has_host = curl_url_get(url.get(), CURLUPART_HOST, &host, 0);
    const Part owned_host(host, &curl_free);
    secured_ = std::string_view(scheme) == "https";
    if (secured_) return {};
    if (std::string_view(scheme) != "http") return fail(ErrorCode::kInvalid, "neither https nor http");
    if (request_.unix_socket.empty() && (has_host != CURLUE_OK || !is_this_machine(host)))
        return fail(ErrorCode::kUnavailable, "plain http is only for this machine");
    return {};
}

bool CurlTransfer::add_header(const std::string& line) {
    // A line break in a value would smuggle in a header, or a whole request.
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) return false;
    curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) return false;
    static_cast<void>(headers_.release());
    headers_.reset(longer);
    return true;
}

bool CurlTransfer::set_request() {
    CURL* easy = easy_.get();
    bool done = set(easy, CURLOPT_ERRORBUFFER, &error_[0]) && set(easy, CURLOPT_URL, request_.url.c_str()) &&
                add_header("Expect:");  // no waiting for "100 Continue"
    for (const auto& [name, value] : request_.headers)
        done = done && add_header(value.empty() ? name + ";" : name + ": " + value);
    const std::string& method = request_.method;
    if (method == "HEAD") {
        done = done && set(easy, CURLOPT_NOBODY, 1L);
    } else if (method != "GET" || !request_.body.empty()) {
        if (request_.body.size() > 0 || method == "POST" || method == "PUT" || method == "PATCH")
            done = done && set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size())) &&
                   set(easy, CURLOPT_POSTFIELDS, request_.body.data());
        done = done && set(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
    }
    return done && set(easy, CURLOPT_HTTPHEADER, headers_.get());
}

bool CurlTransfer::set_limits() {
    CURL* easy = easy_.get();
    const curl_write_callback body = [](char* bytes, std::size_t size, std::size_t count, void* self) {
        return static_cast<CurlTransfer*>(self)->take_body(bytes, size * count) ? size * count : 0;
    };
    const curl_write_callback header = [](char* bytes, std::size_t size, std::size_t count, void* self) {
        const std::string_view line(bytes, size * count);
        return static_cast<CurlTransfer*>(self)->take_header(line) ? line.size() : 0;
    };
    return set(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(request_.connect_timeout)) &&
           set(easy, CURLOPT_TIMEOUT_MS, milliseconds_of(request_.total_timeout)) &&
           set(easy, CURLOPT_WRITEFUNCTION, body) && set(easy, CURLOPT_WRITEDATA, this) &&
           set(easy, CURLOPT_HEADERFUNCTION, header) && set(easy, CURLOPT_HEADERDATA, this);
}

bool CurlTransfer::set_transport() {
    CURL* easy = easy_.get();
    bool done = set(easy, CURLOPT_PROTOCOLS_STR, "https,http") && set(easy, CURLOPT_FOLLOWLOCATION, 0L) &&
                set(easy, CURLOPT_NOSIGNAL, 1L) && set(easy, CURLOPT_TCP_KEEPALIVE, 1L) &&
                set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS)) &&
                set(easy, CURLOPT_ACCEPT_ENCODING, "") &&
                set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
                set(easy, CURLOPT_SSL_VERIFYPEER, 1L) && set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (secured_)
        done = done && set(easy, CURLOPT_PIPEWAIT, 1L);  // rather share a connection than open another
    else
        done = done && set(easy, CURLOPT_PROXY, "");  // what is for this machine does not leave it
    if (request_.connect_only)
        done = done && set(easy, CURLOPT_CONNECT_ONLY, 1L) && set(easy, CURLOPT_PROXY, "") &&
               set(easy, CURLOPT_SSL_ENABLE_ALPN, 0L) && set(easy, CURLOPT_FRESH_CONNECT, 1L);
    if (!request_.ca_file.empty())
        done = done && set(easy, CURLOPT_CAINFO, request_.ca_file.c_str()) && set(easy, CURLOPT_CAPATH, nullptr);
    if (!request_.unix_socket.empty()) done = done && set(easy, CURLOPT_UNIX_SOCKET_PATH, request_.unix_socket.c_str());
    return done;
}

// Not by the names of files: libcurl keeps connections and TLS sessions apart by the certificate it was given, and a
// renewed file has its old name.
bool CurlTransfer::set_identity() {
    const TlsIdentity& own = request_.identity;
    if (own.certificate_pem.empty()) return true;
    const auto blob = [](const std::string& pem) {
        return curl_blob{.data = const_cast<char*>(pem.data()), .len = pem.size(), .flags = CURL_BLOB_NOCOPY};
    };
    curl_blob certificate = blob(own.certificate_pem);
    if (!set(easy_.get(), CURLOPT_SSLCERT_BLOB, &certificate)) return false;
    if (is_token_uri(own.key)) return set_token_key(own.key);
    curl_blob key = blob(own.key);
    return set(easy_.get(), CURLOPT_SSLKEY_BLOB, &key);
}

// The engine that OpenSSL has loaded for us stays loaded; libcurl finds that one, and need not load another for each
// request. The empty password: its PIN comes from where the URI says, and nobody is asked at a terminal.
bool CurlTransfer::set_token_key(const std::string& uri) {
    CURL* easy = easy_.get();
    return openssl::has_tokens() && set(easy, CURLOPT_SSLENGINE, openssl::kTokenEngine) &&
           set(easy, CURLOPT_SSLKEYTYPE, "ENG") && set(easy, CURLOPT_SSLKEY, uri.c_str()) &&
           set(easy, CURLOPT_KEYPASSWD, "");
}

bool CurlTransfer::take_body(const char* bytes, std::size_t size) {
    too_large_ = too_large_ || size > request_.response_bytes_max - response_.body.size();
    if (!too_large_) response_.body.append(bytes, size);
    return !too_large_;
}

bool CurlTransfer::take_header(std::string_view line) {
    header_bytes_ += line.size();
    too_large_ = too_large_ || header_bytes_ > kResponseHeaderBytesMax;
    if (line.starts_with("HTTP/")) response_.headers.clear();  // of a 1xx or of a proxy's answer
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && colon > 0)
        response_.headers.emplace_back(ascii_lower(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
    return !too_large_;
}

TransportFailure CurlTransfer::failure(CURLcode code) const {
    if (too_large_) return TransportFailure::kTooLarge;
    long system_error = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &system_error);
    switch (code) {
        case CURLE_OK:
            return TransportFailure::kNone;
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return TransportFailure::kNoDns;
        case CURLE_INTERFACE_FAILED:
            return TransportFailure::kNoRoute;
        case CURLE_COULDNT_CONNECT:
            return connect_failure(system_error);
        case CURLE_OPERATION_TIMEDOUT:
            return TransportFailure::kTimeout;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_CRL_BADFILE:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        case CURLE_SSL_ENGINE_INITFAILED:
        case CURLE_USE_SSL_FAILED:
        case CURLE_SSL_CLIENTCERT:
            return TransportFailure::kTls;
        default:
            return is_tls_alert(error_) ? TransportFailure::kTls : TransportFailure::kBroken;
    }
}

HttpResponse CurlTransfer::finish(CURLcode code) {
    HttpResponse response;
    response.failure = failure(code);
    if (response.failure != TransportFailure::kNone) {
        response.failure_text = too_large_ ? "the answer is larger than allowed"
                                           : std::string(error_[0] != '\0' ? error_ : curl_easy_strerror(code));
        return response;
    }
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return std::move(response_);
}

}  // namespace tillkeeper
