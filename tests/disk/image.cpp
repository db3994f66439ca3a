#include "tests/disk/image.h"

#include <algorithm>

namespace tillkeeper::disk {
namespace {

std::size_t blocks_for(std::int64_t bytes) {
    return static_cast<std::size_t>((bytes + kBlockBytes - 1) / kBlockBytes);
}

}  // namespace

std::int64_t Image::read(char* into, std::int64_t bytes, std::int64_t at) const {
    const std::int64_t there = std::clamp<std::int64_t>(size_ - at, 0, bytes);
    for (std::int64_t done = 0; done < bytes;) {
        const auto index = static_cast<std::size_t>((at + done) / kBlockBytes);
        const std::int64_t inside = (at + done) % kBlockBytes;
        const std::int64_t count = std::min(kBlockBytes - inside, bytes - done);
        const char* from = index < blocks_.size() ? blocks_[index].bytes() : nullptr;
        if (from != nullptr)
            std::memcpy(into + done, from + inside, static_cast<std::size_t>(count));
        else
            std::memset(into + done, 0, static_cast<std::size_t>(count));
        done += count;
    }
    return there;
}

void Image::write(const char* from, std::int64_t bytes, std::int64_t at) {
    size_ = std::max(size_, at + bytes);
    if (blocks_.size() < blocks_for(size_)) blocks_.resize(blocks_for(size_));
    for (std::int64_t done = 0; done < bytes;) {
        Block& block = blocks_[static_cast<std::size_t>((at + done) / kBlockBytes)];
        const std::int64_t inside = (at + done) % kBlockBytes;
        const auto count = static_cast<std::size_t>(std::min(kBlockBytes - inside, bytes - done));
        if (from != nullptr)
            std::memcpy(block.writable() + inside, from + done, count);
        else if (count == static_cast<std::size_t>(kBlockBytes))
            block = Block();
        else if (!block.zero())
            std::memset(block.writable() + inside, 0, count);
        done += static_cast<std::int64_t>(count);
    }
}

void Image::resize(std::int64_t size) {
    if (size < size_ && size % kBlockBytes != 0) {
        Block& last = blocks_[static_cast<std::size_t>(size / kBlockBytes)];
        const std::int64_t inside = size % kBlockBytes;
        if (!last.zero()) std::memset(last.writable() + inside, 0, static_cast<std::size_t>(kBlockBytes - inside));
    }
    size_ = size;
    blocks_.resize(blocks_for(size));
}

void Image::take(const Image& from, std::size_t index) {
    if (index >= blocks_.size()) return;
    blocks_[index] = index < from.blocks_.size() ? from.blocks_[index] : Block();
}

std::string Image::text() const {
    std::string all(static_cast<std::size_t>(size_), '\0');
    read(all.data(), size_, 0);
    return all;
}

}  // namespace tillkeeper::disk
