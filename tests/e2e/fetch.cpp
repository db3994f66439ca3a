#include "tests/e2e/fetch.h"

#include <curl/curl.h>

#include <memory>

namespace tillkeeper::lab {
namespace {

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* body) {
    static_cast<std::string*>(body)->append(bytes, size * count);
    return size * count;
}

}  // namespace

Result<Fetched> fetch(const std::string& url, std::chrono::milliseconds limit) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), &curl_easy_cleanup);
    Fetched answer;
    curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
    curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &answer.body);
    const CURLcode code = curl_easy_perform(handle.get());
    if (code != CURLE_OK) return fail(ErrorCode::kUnavailable, url + ": " + curl_easy_strerror(code));
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

}  // namespace tillkeeper::lab
