// Headquarters: an HTTPS server that keeps what boxes post to it. It listens on a thread of its own; calls from any.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "platform/http_server.h"
#include "platform/linux-arm/asio_event_loop.h"
#include "platform/linux-arm/microhttpd_server.h"
#include "tests/cloud/pki.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {

class Headquarters {
  public:
    explicit Headquarters(const cloud::Pki& pki) {
        ListenOptions options;
        options.identity = {.certificate_pem = read_file(pki.chain), .key = read_file(pki.server_key)};
        server_ = std::move(listen(loop_, options, [this](ServerRequest request, HttpServer::Reply reply) {
                                const std::lock_guard lock(mutex_);
                                std::string key;
                                for (const auto& [name, value] : request.headers)
                                    if (name == "x-api-key") key = value;
                                heard_.push_back(key + ' ' + request.path + ' ' + request.body);
                                if (status_ == 0) return held_.push_back(std::move(reply));
                                reply({.status = status_});
                            }).value());
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~Headquarters() {
        loop_.stop();
        thread_.join();
    }
    Headquarters(const Headquarters&) = delete;
    Headquarters& operator=(const Headquarters&) = delete;

    [[nodiscard]] std::string url(const std::string& path) const {
        return "https://127.0.0.1:" + std::to_string(server_->port()) + path;
    }
    // Waits for a request that is heard from now on and says this.
    [[nodiscard]] bool hears(const std::string& words) {
        forget();
        return wait_until([&] { return all().contains(words); }, std::chrono::seconds(60));
    }
    [[nodiscard]] std::string all() const {
        const std::lock_guard lock(mutex_);
        std::string text;
        for (const auto& each : heard_) text += each + '\n';
        return text;
    }
    // From now on; 0: not at all.
    void answer(int status) {
        const std::lock_guard lock(mutex_);
        status_ = status;
    }

  private:
    void forget() {
        const std::lock_guard lock(mutex_);
        heard_.clear();
    }

    AsioEventLoop loop_;
    mutable std::mutex mutex_;
    std::vector<std::string> heard_;
    std::vector<HttpServer::Reply> held_;  // that never come
    int status_ = 204;
    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
};

}  // namespace tillkeeper::lab
