// A configuration file: any bytes. It is understood, or each fault is one clear line. [agent-2]
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "agent/config/config.h"
#include "tests/fuzz/property.h"

using namespace tillkeeper;
using fuzz::require;

namespace {

// A file of its own in memory, under a name that can be opened.
class File {
  public:
    File() : number_(memfd_create("config", MFD_CLOEXEC)) { require(number_ >= 0, "a file in memory"); }
    ~File() { close(number_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    void write(const std::uint8_t* data, std::size_t size) const {
        require(ftruncate(number_, 0) == 0 && pwrite(number_, data, size, 0) == static_cast<ssize_t>(size), "written");
    }
    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(number_); }

  private:
    int number_;
};

void check_collection(const sync::SourceConfig& collection) {
    require(!collection.collection.empty() && collection.collection != "transactions", "a collection has a name");
    require(!collection.record_key.empty(), "a record has a key");
    require(!collection.url.empty() || collection.live.has_value(), "a collection comes from somewhere");
    require(collection.url.empty() || collection.url.starts_with("https://"), "a collection is reached by TLS");
    require(collection.fresh <= collection.keep, "what is fresh is kept");
    require(collection.search.size() <= 8, "search keys are few");
    if (!collection.live) return;
    require(collection.live->url.starts_with("https://"), "a live look-up goes by TLS");
    require(collection.live->deadline >= std::chrono::milliseconds(10), "a live look-up may take a moment");
}

void check_login(const sync::OAuthClient& client) {
    if (client.auth == sync::ClientAuth::kNone) return;
    require(client.token_url.starts_with("https://") != client.issuer.starts_with("https://"),
            "a token is got by TLS, and it is known where");
    require(client.resources.size() <= 16, "resources are few");
    require(client.auth != sync::ClientAuth::kMutualTls || client.identity, "a certificate comes from somewhere");
}

void check_config(const agent::Config& config) {
    require(!config.store_id.empty() && config.store_id.size() <= 64, "a store has a name");
    require(!config.data_folder.empty(), "a store has a place for its journal");
    require(config.bus.port >= 1 && config.bus.port <= 65535, "a port is a port");
    require(config.retention >= std::chrono::hours(24), "retention is a day or more");
    require(config.destinations.size() <= 32, "destinations are few");
    for (const auto& destination : config.destinations) {
        require(!destination.name.empty() && destination.name.size() <= 32, "a destination has a name");
        require(destination.url.starts_with("https://"), "a destination is reached by TLS");
        require(destination.lanes >= 1 && destination.batch_items_max >= 1, "a destination gets something");
        require(destination.request_timeout >= std::chrono::seconds(1), "a request may take a second");
        check_login(destination.oauth);
        const auto& pace = destination.pace;
        require(pace.requests_per_s >= 0 && pace.bytes_per_s >= 0, "a cap caps, or is none");
        require(pace.reconnect_spread >= Duration::zero() && pace.reconnect_spread <= std::chrono::hours(1),
                "a backlog waits an hour at most");
    }
    for (const auto& collection : config.collections) check_collection(collection);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const File file;
    file.write(data, size);
    const auto config = agent::load_config(file.path());
    if (config) {
        check_config(*config);
        return 0;
    }
    require(!config.error().empty(), "a bad configuration says why");
    for (const auto& fault : config.error()) {
        require(!fault.empty() && fault.size() < 4096, "a fault is told in few words");
        require(fault.find('\n') == std::string::npos, "a fault is one line");
    }
    return 0;
}
