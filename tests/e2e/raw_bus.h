// MQTT 3.1.1 by hand on a socket, plain or with TLS: what no library would send, as fast as the kernel takes it.
// Thread: any one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tillkeeper::lab {

class RawBus {
  public:
    enum class Wire { kPlain, kTls };  // TLS believes any certificate: who attacks does not mind
    explicit RawBus(int port, Wire wire = Wire::kPlain);
    ~RawBus();
    RawBus(RawBus&& other) noexcept;
    RawBus& operator=(RawBus&&) = delete;

    // Signs in and waits for the broker's word.
    [[nodiscard]] bool sign_in(const std::string& user, const std::string& password, bool clean = true,
                               const std::string& client = "raw");
    // Blocks while the kernel takes no more; false when the connection is gone.
    bool send(std::string_view bytes);
    // Throws away what has come, without waiting for more; false when the connection is gone.
    bool drain();
    // The other side has ended it.
    [[nodiscard]] bool ended() const;
    [[nodiscard]] bool open() const { return socket_ >= 0; }

  private:
    struct Tls;

    int socket_;
    std::unique_ptr<Tls> tls_;
};

[[nodiscard]] std::string publish_packet(std::string_view topic, std::string_view payload, int qos = 0);
[[nodiscard]] std::string subscribe_packet(std::string_view filter);
[[nodiscard]] std::string unsubscribe_packet(std::string_view filter);

}  // namespace tillkeeper::lab
