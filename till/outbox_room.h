// OutboxRoom: a file beside the outbox, "-room", that does nothing but hold room. On a full disk it is given up, so
// that what the store answers can still be noted down, and what is kept can leave. Thread: one at a time.
#pragma once

#include <cstdint>
#include <string>

namespace tillkeeper::pos {

inline constexpr std::int64_t kRoomBytes = 1 << 20;

class OutboxRoom {
  public:
    // `vfs` "": the system's. Touches nothing yet.
    OutboxRoom(const std::string& outbox, std::string vfs);
    // True: it is there, whole. False: the disk has less room than that, and as much as before.
    [[nodiscard]] bool hold();
    // True: the disk has so much more room now.
    bool give_up();

  private:
    [[nodiscard]] bool fill() const;
    std::string vfs_;
    std::string path_;
    bool held_ = false;
};

}  // namespace tillkeeper::pos
