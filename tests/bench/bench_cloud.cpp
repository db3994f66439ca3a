#include "tests/bench/bench_cloud.h"

#include <curl/curl.h>
#include <sched.h>

#include <map>

#include "tests/e2e/json.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::bench {
namespace {

constexpr const char* kClient = "store-0042";
constexpr const char* kSecret = "bench-secret";

const std::map<std::string, std::string> kPaths{{"bench", "/bench/v1/events"},
                                                {"erp", "/erp/v1/postings"},
                                                {"oms", "/oms/v1/orders"},
                                                {"crm", "/crm/v1/activities"}};

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* body) {
    static_cast<std::string*>(body)->append(bytes, size * count);
    return size * count;
}

}  // namespace

Result<Cloud> Cloud::start(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    if (auto written = lab::write_file(folder / "client.secret", kSecret, 0600); !written)
        return std::unexpected(written.error());
    lab::ProcessOptions options;
    options.command = {
        lab::kCloudProgram, "--pki", (folder / "pki").string(), "--client", std::string(kClient) + ":" + kSecret,
        "--token-ttl",      "86400"};
    options.output = folder / "cloud.out";
    options.errors = folder / "cloud.err";
    auto process = lab::Process::start(options);
    if (!process) return std::unexpected(process.error());
    Cloud cloud(folder, std::move(*process));
    const auto settled = [&] { return lab::read_file(options.output).ends_with('\n'); };
    if (!lab::wait_until(settled, std::chrono::seconds(20)))
        return fail(ErrorCode::kUnavailable, "the cloud did not start: " + lab::read_file(options.errors));
    const auto ready = lab::Json::parse(lab::read_file(options.output));
    cloud.base_ = "https://localhost:" + std::to_string(ready["port"].number());
    cloud.ca_file_ = ready["ca"].text();
    cloud.control_ = std::make_unique<cloud::CloudControl>(static_cast<int>(ready["control_port"].number()));
    return cloud;
}

lab::DestinationSetup Cloud::destination(const std::string& name) const {
    lab::DestinationSetup setup;
    setup.name = name;
    setup.url = url(name);
    setup.ca_file = ca_file_;
    setup.token_url = base_ + "/oauth/token";
    setup.client_id = kClient;
    setup.secret_file = (folder_ / "client.secret").string();
    if (name != "bench") setup.mapping_file = std::string(lab::kMappings) + "/" + name + ".jq";
    setup.more = "proof_by_item = true\n";
    return setup;
}

std::string Cloud::collection(const sync::SourceConfig& config, int fresh_s) const {
    static constexpr const char* kNormal[] = {"text", "folded", "digits", "phone"};
    const auto line = [](const std::string& key, const std::string& value) { return key + " = \"" + value + "\"\n"; };
    std::string search;
    for (const auto& key : config.search) {
        search += (search.empty() ? "{" : ", {") + ("field = \"" + key.field) + "\", normal = \"" +
                  kNormal[static_cast<std::size_t>(key.normal)] + '"';
        if (!key.country.empty()) search += ", country = \"" + key.country + '"';
        if (key.prefix_min > 0) search += ", prefix_min = " + std::to_string(key.prefix_min);
        search += '}';
    }
    return "\n[[collection]]\n" + line("name", config.collection) + line("record_key", config.record_key) +
           line("ca_file", ca_file_) + line("format", "ndjson") +
           line("url",
                base_ + "/feed/v1/" + config.collection + "?cursor={cursor}&page={page}&format=ndjson&limit=10000") +
           "every_s = 1\nfresh_s = " + std::to_string(fresh_s) + "\nsearch = [" + search + "]\n[collection.oauth]\n" +
           line("token_url", base_ + "/oauth/token") + line("client_id", kClient) +
           line("client_secret_file", (folder_ / "client.secret").string()) + "[collection.live]\n" +
           line("url", base_ + "/live/v1/" + config.collection + "?by={field}&key={key}");
}

// Its threads that are there already. Nice values would let it finish its slice of some milliseconds first.
void Cloud::yield_to_the_others() const {
    const sched_param none{};
    for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(process_.pid()) + "/task"))
        ::sched_setscheduler(std::stoi(thread.path().filename().string()), SCHED_IDLE, &none);
}

std::int64_t Cloud::count(const std::string& destination) const {
    auto books = control_->ledger();
    return books ? (*books)[destination].count : -1;
}

std::string Cloud::url(const std::string& name) const {
    return base_ + kPaths.at(name);
}

Result<std::string> Cloud::token() const {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), &curl_easy_cleanup);
    const std::string url = base_ + "/oauth/token";
    const std::string user = std::string(kClient) + ":" + kSecret;
    std::string body;
    curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_CAINFO, ca_file_.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_USERPWD, user.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, "grant_type=client_credentials");
    curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, 10'000L);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &body);
    if (const CURLcode code = curl_easy_perform(handle.get()); code != CURLE_OK)
        return fail(ErrorCode::kUnavailable, url + ": " + curl_easy_strerror(code));
    auto token = lab::Json::parse(body)["access_token"].text();
    if (token.empty()) return fail(ErrorCode::kUnavailable, "no token: " + body);
    return token;
}

}  // namespace tillkeeper::bench
