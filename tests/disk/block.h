// Block: 4096 bytes of a file, shared between images until somebody writes. A null reference is 4096 zeros.
// Ownership: counted. Thread: all images that share blocks belong to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace tillkeeper::disk {

inline constexpr std::int64_t kBlockBytes = 4096;  // what a kernel caches and writes back
inline constexpr std::int64_t kSectorBytes = 512;  // what a disk writes at once

class Block {
  public:
    Block() = default;
    Block(const Block& other) : shared_(other.shared_) {
        if (shared_ != nullptr) ++shared_->users;
    }
    Block(Block&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
    Block& operator=(Block other) noexcept {
        std::swap(shared_, other.shared_);
        return *this;
    }
    ~Block() {
        if (shared_ != nullptr && --shared_->users == 0) delete shared_;
    }

    [[nodiscard]] bool zero() const { return shared_ == nullptr; }
    // Null where it is all zeros.
    [[nodiscard]] const char* bytes() const { return shared_ == nullptr ? nullptr : shared_->bytes.data(); }
    // A copy of one's own, zeros at first.
    [[nodiscard]] char* writable() {
        if (shared_ == nullptr) {
            shared_ = new Shared;
            shared_->bytes.fill(0);
        } else if (shared_->users > 1) {
            auto* mine = new Shared;
            mine->bytes = shared_->bytes;
            --shared_->users;
            shared_ = mine;
        }
        return shared_->bytes.data();
    }

  private:
    struct Shared {
        int users = 1;
        std::array<char, kBlockBytes> bytes;
    };
    Shared* shared_ = nullptr;
};

}  // namespace tillkeeper::disk
