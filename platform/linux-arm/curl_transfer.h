// CurlTransfer: one request as a libcurl easy handle, and what has arrived of its answer.
#pragma once

#include <curl/curl.h>

#include <memory>

#include "platform/http.h"
#include "platform/result.h"

namespace tillkeeper {

class CurlTransfer {
  public:
    explicit CurlTransfer(HttpRequest request);
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;

    // What keeps this request from being made at all: kInvalid, or kUnavailable where it would be made without TLS.
    [[nodiscard]] Result<void> configure();
    // `code` as the multi interface says at the end. Once.
    [[nodiscard]] HttpResponse finish(CURLcode code);

    [[nodiscard]] CURL* handle() const { return easy_.get(); }

  private:
    struct FreeEasy {
        void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    };
    struct FreeList {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    [[nodiscard]] Result<void> check_address();
    [[nodiscard]] bool set_request();
    [[nodiscard]] bool set_limits();
    [[nodiscard]] bool set_transport();
    [[nodiscard]] bool set_identity();
    [[nodiscard]] bool set_token_key(const std::string& uri);
    [[nodiscard]] bool add_header(const std::string& line);
    [[nodiscard]] bool take_body(const char* bytes, std::size_t size);
    [[nodiscard]] bool take_header(std::string_view line);
    [[nodiscard]] TransportFailure failure(CURLcode code) const;

    const HttpRequest request_;
    HttpResponse response_;
    bool secured_ = false;  // by TLS
    bool too_large_ = false;
    std::size_t header_bytes_ = 0;
    char error_[CURL_ERROR_SIZE] = {};
    std::unique_ptr<curl_slist, FreeList> headers_;
    std::unique_ptr<CURL, FreeEasy> easy_;  // uses all of the above: goes first
};

}  // namespace tillkeeper
