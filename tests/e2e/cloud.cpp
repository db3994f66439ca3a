#include "tests/e2e/cloud.h"

#include <map>
#include <sstream>

#include "tests/e2e/json.h"
#include "tests/e2e/key_pair.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

constexpr const char* kClient = "store-0042";
constexpr const char* kClientWithKey = "store-0042-key";
constexpr const char* kSecret = "a+b c:d%/e";  // what form encoding changes, on purpose

const std::map<std::string, std::string> kPaths{
    {"erp", "/erp/v1/postings"}, {"oms", "/oms/v1/orders"}, {"crm", "/crm/v1/activities"}};

std::filesystem::path secret_file(const std::filesystem::path& folder) {
    return folder / "client.secret";
}
std::filesystem::path key_file(const std::filesystem::path& folder) {
    return folder / "client.key";
}
std::filesystem::path public_key_file(const std::filesystem::path& folder) {
    return folder / "client.pub";
}

Result<void> make_credentials(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    if (auto written = write_file(secret_file(folder), std::string(kSecret) + "\n", 0600); !written) return written;
    return make_key_pair(key_file(folder), public_key_file(folder));
}

}  // namespace

Result<Cloud> Cloud::start(const std::filesystem::path& folder, const CloudPlace& place) {
    if (auto made = make_credentials(folder); !made) return std::unexpected(made.error());
    ProcessOptions options;
    options.command = place.launcher;
    options.command.insert(options.command.end(),
                           {kCloudProgram, "--address", place.address, "--doors", std::to_string(place.doors), "--pki",
                            (folder / "pki").string(), "--client", std::string(kClient) + ":" + kSecret, "--client-key",
                            std::string(kClientWithKey) + ":" + public_key_file(folder).string()});
    options.output = folder / "cloud.out";
    options.errors = folder / "cloud.err";
    auto process = Process::start(options);
    if (!process) return std::unexpected(process.error());

    Cloud cloud(folder, std::move(*process));
    const auto settled = [&] { return !cloud.process_.running() || read_file(options.output).ends_with('\n'); };
    if (!wait_until(settled, std::chrono::seconds(20)) || !cloud.process_.running())
        return fail(ErrorCode::kUnavailable, "the cloud did not start: " + read_file(options.errors));
    const auto ready = Json::parse(read_file(options.output));
    for (const auto& door : ready["doors"].items())
        cloud.bases_.push_back("https://" + place.host + ":" + std::to_string(door.number()));
    cloud.ca_file_ = ready["ca"].text();
    cloud.control_ =
        std::make_unique<cloud::CloudControl>(static_cast<int>(ready["control_port"].number()), place.control_host);
    return cloud;
}

DestinationSetup Cloud::destination(const std::string& name, int door) const {
    const auto& base = bases_.at(static_cast<std::size_t>(door));
    const bool with_key = name == "oms";
    DestinationSetup setup;
    setup.name = name;
    setup.url = base + kPaths.at(name);
    setup.ca_file = ca_file_;
    setup.token_url = base + "/oauth/token";
    setup.auth = with_key ? "private_key_jwt" : "client_secret_basic";
    setup.client_id = with_key ? kClientWithKey : kClient;
    setup.secret_file = (with_key ? key_file(folder_) : secret_file(folder_)).string();
    setup.mapping_file = std::string(kMappings) + "/" + name + ".jq";
    setup.more = "proof_by_item = true\n";
    return setup;
}

Result<Effects> Cloud::effects(const std::string& destination) const {
    auto text = control_->items(destination);
    if (!text) return std::unexpected(text.error());
    Effects effects;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) ++effects[Json::parse(line)["id"].text()];
    return effects;
}

}  // namespace tillkeeper::lab
