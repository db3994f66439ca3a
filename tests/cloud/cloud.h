// Cloud: the simulated cloud as one object. One thread runs it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platform/result.h"
#include "tests/cloud/pki.h"

namespace tillkeeper::cloud {

struct CloudOptions {
    std::uint16_t port = 0;          // HTTPS; 0: a free one
    std::uint16_t control_port = 0;  // HTTP; 0: a free one
    int doors = 1;  // HTTPS ports to the same cloud, each of which can be shut alone; `port` is the first
    std::string address = "127.0.0.1";
    std::filesystem::path pki = {};  // its certificates live here; made on the first start
    int certificate_days = kUsualDays;
    std::filesystem::path ledger = {};  // empty: in memory only
    std::chrono::milliseconds token_ttl = std::chrono::seconds(30);
    std::filesystem::path client_ca = {};  // set: only clients with a certificate of this CA come in
    bool dpop = false;                     // tokens are bound to keys, and each request needs a proof (RFC 9449)
    std::vector<std::pair<std::string, std::string>> clients = {};      // id, secret
    std::vector<std::pair<std::string, std::string>> client_keys = {};  // id, file with a public key
    std::uint64_t seed = 1;
};

class Cloud {
  public:
    // Listens when it returns. The error says what cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Cloud>> make(const CloudOptions& options);
    ~Cloud();

    [[nodiscard]] std::uint16_t port(std::size_t door = 0) const;
    [[nodiscard]] std::size_t doors() const;
    [[nodiscard]] std::uint16_t control_port() const;
    [[nodiscard]] const std::filesystem::path& ca_file() const;

    // Returns after stop(), SIGTERM or SIGINT, when every connection is closed.
    void run();
    // Any thread.
    void stop();

  private:
    struct Parts;
    explicit Cloud(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace tillkeeper::cloud
