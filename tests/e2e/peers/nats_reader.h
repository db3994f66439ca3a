// Whoever takes a store's sales out of the cluster: a session of MQTT 3.1.1 that outlives the reader, QoS 1. While it
// reads no node should die: NATS gives again later what it had given to nobody then, and so in another order.
//
// Thread: the one that made it; it reads only while it is asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

struct mosquitto;

namespace tillkeeper::lab {

class NatsReader {
  public:
    NatsReader(int port, const std::filesystem::path& ca_file);

    // Takes what is there. Where the connection is lost, makes it anew.
    void read();
    [[nodiscard]] bool subscribed() const { return subscribed_; }

    struct Sale {
        std::int64_t number = 0;  // in the journal
        std::string id = {};
    };
    // By till, in the order of first arrivals.
    [[nodiscard]] const std::map<std::string, std::vector<Sale>>& heard() const { return heard_; }
    [[nodiscard]] std::size_t sales() const { return ids_.size(); }
    // What came twice is counted twice.
    [[nodiscard]] std::int64_t arrivals() const { return arrivals_; }

  private:
    void take(std::string_view event);

    bool subscribed_ = false;
    std::int64_t arrivals_ = 0;
    std::set<std::string> ids_;
    std::map<std::string, std::vector<Sale>> heard_;
    std::unique_ptr<mosquitto, void (*)(mosquitto*)> client_;
};

}  // namespace tillkeeper::lab
