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

Result<Fetched> fetch(const std::string& url, std::chrono::milliseconds limit, const Sending& sending) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), &curl_easy_cleanup);
    Fetched answer;
    curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
    curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERFUNCTION, &append);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, &answer.head);
    if (!sending.ca_file.empty()) curl_easy_setopt(handle.get(), CURLOPT_CAINFO, sending.ca_file.c_str());
    curl_slist* list = nullptr;
    for (const auto& each : sending.headers) list = curl_slist_append(list, each.c_str());
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list, &curl_slist_free_all);
    curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
    if (sending.form) curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(sending.form->size()));
    if (sending.form) curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, sending.form->c_str());
    const CURLcode code = curl_easy_perform(handle.get());
    if (code != CURLE_OK) return fail(ErrorCode::kUnavailable, url + ": " + curl_easy_strerror(code));
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

}  // namespace tillkeeper::lab
