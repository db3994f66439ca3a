// What the cloud's own tests share: a cloud on a thread, an HTTPS client, and events to send.
#pragma once

#include <curl/curl.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "platform/http.h"
#include "tests/cloud/cloud.h"
#include "tests/cloud/cloud_control.h"
#include "tests/e2e/scratch.h"

namespace tillkeeper::cloud {

inline constexpr std::string_view kBatch = "application/cloudevents-batch+json";

// Runs until it is destroyed. Its client is "till" with the secret "s e+c:ret%".
class RunningCloud {
  public:
    explicit RunningCloud(CloudOptions options = {});
    ~RunningCloud();

    [[nodiscard]] std::string url(const std::string& path, const std::string& host = "localhost") const;
    [[nodiscard]] std::string ca() const { return cloud_->ca_file().string(); }
    [[nodiscard]] CloudControl control() const { return CloudControl(cloud_->control_port()); }
    [[nodiscard]] int control_port() const { return cloud_->control_port(); }
    [[nodiscard]] std::uint16_t port(std::size_t door = 0) const { return cloud_->port(door); }

  private:
    lab::Scratch scratch_;
    std::unique_ptr<Cloud> cloud_;
    std::thread thread_;
};

struct Reply {
    CURLcode code = CURLE_OK;
    long status = 0;
    long http_version = 0;
    std::string body;
    std::map<std::string, std::string> headers;  // names in lower case
};

// One client with its kept connections.
class HttpsClient {
  public:
    explicit HttpsClient(std::string ca_file);

    [[nodiscard]] Reply post(const std::string& url, const std::string& body, std::vector<std::string> headers);
    [[nodiscard]] Reply get(const std::string& url, std::vector<std::string> headers);

    long version = CURL_HTTP_VERSION_2TLS;
    long timeout_ms = 20000;
    // libcurl sends again, by itself, what was lost with a connection that it had used before.
    bool fresh_connections = false;
    TlsIdentity identity;  // shown to a cloud that asks for it

  private:
    [[nodiscard]] Reply send(const std::string& url, const std::string* body, std::vector<std::string> headers);

    struct Free {
        void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
    };
    std::string ca_file_;
    std::unique_ptr<CURL, Free> curl_;
};

// "authorization: Basic …" with the right encoding of the rig's client.
[[nodiscard]] std::string basic_header(std::string_view id = "till", std::string_view secret = "s e+c:ret%");
[[nodiscard]] Reply ask_token(HttpsClient& client, const RunningCloud& cloud, const std::string& authorization);
// Asks for a token, and makes it "authorization: Bearer …". "" when there is none.
[[nodiscard]] std::string bearer_header(HttpsClient& client, const RunningCloud& cloud);
// The value of a member of a flat JSON object.
[[nodiscard]] std::string member_of(const std::string& json, std::string_view name);
[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::string gzip(std::string_view bytes);

// Events that the destinations accept; with `data` in place of the usual.
[[nodiscard]] std::string erp_data(int debit = 1530, int credit = 1530, const std::string& day = "2026-11-20");
[[nodiscard]] std::string event(const std::string& id, const std::string& data, const std::string& till = "till-1",
                                const std::string& sequence = "\"1\"");
[[nodiscard]] std::string batch(const std::vector<std::string>& events);

// A client that holds a token, for the tests of what comes after that.
class Sender {
  public:
    explicit Sender(const RunningCloud& cloud);
    [[nodiscard]] Reply send(const std::string& body, const std::string& path = "/erp/v1/postings",
                             std::vector<std::string> more_headers = {});
    [[nodiscard]] Reply get(const std::string& path, std::vector<std::string> more_headers = {});

    HttpsClient client;
    std::string authorization;

  private:
    const RunningCloud& cloud_;
};

}  // namespace tillkeeper::cloud
