// A real Mosquitto with the configuration that packaging/broker writes, on a free port, for one test.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/till/broker_connection.h"

namespace tillkeeper::till {

class TestBroker {
  public:
    // Users till-1 .. till-N and tillkeeper. Fails the test when it does not come up.
    explicit TestBroker(int tills);
    ~TestBroker();
    TestBroker(const TestBroker&) = delete;
    TestBroker& operator=(const TestBroker&) = delete;

    void start();
    void kill();  // SIGKILL

    [[nodiscard]] BrokerAddress address() const { return {.host = "127.0.0.1", .port = port_, .ca_file = {}}; }
    [[nodiscard]] BrokerUser user(const std::string& name) const { return {name, "secret-of-" + name}; }
    [[nodiscard]] std::string users_file() const { return folder_ + "/users"; }
    [[nodiscard]] const std::string& folder() const { return folder_; }

  private:
    std::string folder_;
    int port_ = 0;
    pid_t process_ = -1;
};

// Runs it and waits; the exit status.
[[nodiscard]] int run_program(const std::vector<std::string>& arguments);

}  // namespace tillkeeper::till
