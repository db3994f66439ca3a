#include "tests/simulation/memory_meter.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

// Before each block: its size when the daemon asked for it, else 0.
constexpr std::size_t kHeader = alignof(std::max_align_t);

bool counting = false;
std::int64_t held = 0;

void* give(std::size_t size) {
    auto* block = static_cast<char*>(std::malloc(size + kHeader));
    if (block == nullptr) throw std::bad_alloc();
    const std::size_t counted = counting ? size : 0;
    *reinterpret_cast<std::size_t*>(block) = counted;
    held += static_cast<std::int64_t>(counted);
    return block + kHeader;
}

void take(void* memory) {
    if (memory == nullptr) return;
    char* block = static_cast<char*>(memory) - kHeader;
    held -= static_cast<std::int64_t>(*reinterpret_cast<std::size_t*>(block));
    std::free(block);
}

}  // namespace

// The program's own, all of them; aligned ones are not used here and stay as they are.
void* operator new(std::size_t size) {
    return give(size);
}
void* operator new[](std::size_t size) {
    return give(size);
}
void operator delete(void* memory) noexcept {
    take(memory);
}
void operator delete[](void* memory) noexcept {
    take(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    take(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    take(memory);
}

namespace tillkeeper::simulation {

void MemoryMeter::enter() {
    counting = true;
}
void MemoryMeter::leave() {
    counting = false;
}
std::int64_t MemoryMeter::held_bytes() {
    return held;
}

}  // namespace tillkeeper::simulation
