#include "sync/window.h"

#include <algorithm>

namespace tillkeeper::sync {

std::uint8_t& Window::slot(storage::JournalNumber number) {
    const auto index = static_cast<std::size_t>(number - cursor_ - 1);
    if (index >= settled_.size()) settled_.resize(index + 1, 0);
    return settled_[index];
}

void Window::advance() {
    while (!settled_.empty() && settled_.front() != 0) {
        settled_.pop_front();
        ++cursor_;
    }
    loaded_ = std::max(loaded_, cursor_);
}

bool Window::load(storage::JournalNumber number) {
    const auto before = std::exchange(loaded_, number);
    // Pruned away before this destination began: nothing to keep a byte for.
    if (settled_.empty() && before == cursor_) cursor_ = number - 1;
    for (auto missing = before + 1; missing < number; ++missing)
        if (missing > cursor_) slot(missing) = 1;
    const bool fresh = slot(number) == 0;
    advance();
    return fresh;
}

void Window::settle(storage::JournalNumber number) {
    if (number <= cursor_) return;
    slot(number) = 1;
    advance();
}

bool Window::open(storage::JournalNumber number) const {
    if (number <= cursor_) return false;
    const auto index = static_cast<std::size_t>(number - cursor_ - 1);
    return index >= settled_.size() || settled_[index] == 0;
}

std::size_t lane_of(std::string_view till, std::size_t lanes) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : till) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return static_cast<std::size_t>(hash % std::max<std::size_t>(lanes, 1));
}

}  // namespace tillkeeper::sync
