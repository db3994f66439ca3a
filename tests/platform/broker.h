// Broker: a real Mosquitto on a free port of this machine, started and killed by a test.
#pragma once

#include <sys/types.h>

#include <string>

namespace tillkeeper {

class Broker {
  public:
    // `further` lines are added to the configuration. Listens when this returns.
    explicit Broker(std::string further = {});
    ~Broker();
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

    void start();
    // SIGTERM lets it save its sessions; SIGKILL does not.
    void stop(int signal);
    [[nodiscard]] int port() const { return port_; }

  private:
    std::string folder_;
    int port_ = 0;
    pid_t pid_ = -1;
};

}  // namespace tillkeeper
