#include "tests/cloud/cloud_rig.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <array>

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t append(char* data, std::size_t, std::size_t size, void* out) {
    static_cast<std::string*>(out)->append(data, size);
    return size;
}

std::size_t note_header(char* data, std::size_t, std::size_t size, void* out) {
    const std::string line(data, size);
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos && line.ends_with("\r\n"))
        (*static_cast<std::map<std::string, std::string>*>(out))[line.substr(0, colon)] =
            line.substr(colon + 2, line.size() - colon - 4);
    return size;
}

std::string form_encode(std::string_view text) {
    const std::unique_ptr<char, void (*)(void*)> made(
        curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), curl_free);
    return made.get();
}

}  // namespace

RunningCloud::RunningCloud(CloudOptions options) : scratch_(lab::Scratch::make("simulated-cloud").value()) {
    if (options.pki.empty()) options.pki = scratch_.path() / "pki";
    options.clients.emplace_back("till", "s e+c:ret%");
    cloud_ = Cloud::make(options).value();
    thread_ = std::thread([this] { cloud_->run(); });
}

RunningCloud::~RunningCloud() {
    cloud_->stop();
    thread_.join();
}

std::string RunningCloud::url(const std::string& path, const std::string& host) const {
    return "https://" + host + ":" + std::to_string(cloud_->port()) + path;
}

HttpsClient::HttpsClient(std::string ca_file) : ca_file_(std::move(ca_file)), curl_(curl_easy_init()) {}

Reply HttpsClient::post(const std::string& url, const std::string& body, std::vector<std::string> headers) {
    return send(url, &body, std::move(headers));
}

Reply HttpsClient::get(const std::string& url, std::vector<std::string> headers) {
    return send(url, nullptr, std::move(headers));
}

Reply HttpsClient::send(const std::string& url, const std::string* body, std::vector<std::string> headers) {
    CURL* curl = curl_.get();
    curl_easy_reset(curl);
    std::unique_ptr<curl_slist, FreeList> list;
    for (const std::string& header : headers) list.reset(curl_slist_append(list.release(), header.c_str()));
    Reply reply;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file_.c_str());
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, version);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, fresh_connections ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
    curl_blob certificate{identity.certificate_pem.data(), identity.certificate_pem.size(), CURL_BLOB_COPY};
    curl_blob key{identity.key.data(), identity.key.size(), CURL_BLOB_COPY};
    if (!identity.certificate_pem.empty()) {
        curl_easy_setopt(curl, CURLOPT_SSLCERT_BLOB, &certificate);
        curl_easy_setopt(curl, CURLOPT_SSLKEY_BLOB, &key);
    }
    if (body != nullptr) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->data());
    }
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, note_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply.headers);
    reply.code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
    curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &reply.http_version);
    return reply;
}

std::string base64_encode(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string gzip(std::string_view bytes) {
    constexpr int kGzip = 16 + MAX_WBITS;
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string basic_header(std::string_view id, std::string_view secret) {
    return "authorization: Basic " + base64_encode(form_encode(id) + ":" + form_encode(secret));
}

Reply ask_token(HttpsClient& client, const RunningCloud& cloud, const std::string& authorization) {
    return client.post(cloud.url("/oauth/token"), "grant_type=client_credentials", {authorization});
}

std::string bearer_header(HttpsClient& client, const RunningCloud& cloud) {
    const std::string token = member_of(ask_token(client, cloud, basic_header()).body, "access_token");
    return token.empty() ? "" : "authorization: Bearer " + token;
}

std::string member_of(const std::string& text, std::string_view wanted) {
    JsonReader json(text);
    std::string out;
    if (!json.open('{')) return out;
    for (std::string_view name; json.next_member(name);) {
        if (name == wanted) {
            out = json.string();
        } else {
            json.skip();
        }
    }
    return out;
}

std::string erp_data(int debit, int credit, const std::string& day) {
    return "{\"transaction\":\"x\",\"business_day\":\"" + day + "\",\"total\":" + std::to_string(debit) +
           R"(,"postings":[{"account":"1000","side":"debit","amount":)" + std::to_string(debit) +
           R"(},{"account":"4000","side":"credit","amount":)" + std::to_string(credit) + "}]}";
}

std::string event(const std::string& id, const std::string& data, const std::string& till,
                  const std::string& sequence) {
    return R"({"specversion":"1.0","source":"urn:test","type":"tillkeeper.sale.v1","id":")" + id + "\",\"subject\":\"" +
           till + "\",\"sequence\":" + sequence + ",\"data\":" + data + "}";
}

std::string batch(const std::vector<std::string>& events) {
    std::string out = "[";
    for (const std::string& one : events) out += (out.size() > 1 ? "," : "") + one;
    return out + "]";
}

Sender::Sender(const RunningCloud& cloud)
    : client(cloud.ca()), authorization(bearer_header(client, cloud)), cloud_(cloud) {}

Reply Sender::send(const std::string& body, const std::string& path, std::vector<std::string> more_headers) {
    more_headers.push_back(authorization);
    more_headers.push_back("content-type: " + std::string(kBatch) + "; charset=utf-8");
    return client.post(cloud_.url(path), body, std::move(more_headers));
}

Reply Sender::get(const std::string& path, std::vector<std::string> more_headers) {
    more_headers.push_back(authorization);
    return client.get(cloud_.url(path), std::move(more_headers));
}

}  // namespace tillkeeper::cloud
