#include "tests/e2e/progress.h"

#include <algorithm>
#include <iostream>

namespace tillkeeper::lab {
namespace {

constexpr int kBarWidth = 40;

}  // namespace

std::string bar(std::int64_t done, std::int64_t total, int width) {
    const auto filled = total > 0 ? std::clamp<std::int64_t>(done * width / total, 0, width) : 0;
    return std::string(static_cast<std::size_t>(filled), '#') +
           std::string(static_cast<std::size_t>(width - filled), '-');
}

std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    for (auto at = static_cast<int>(text.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

Progress::Progress(bool terminal) : terminal_(terminal), started_(std::chrono::steady_clock::now()), next_(started_) {}

std::string Progress::clock() const {
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - started_;
    std::string text = std::to_string(static_cast<int>(since.count() * 10));
    if (text.size() < 2) text.insert(0, "0");
    text.insert(text.size() - 1, ".");
    return std::string(text.size() < 6 ? 6 - text.size() : 0, ' ') + text + " s  ";
}

void Progress::erase() {
    if (drawn_lines_ > 0) std::cout << "\033[" << drawn_lines_ << "A\033[J";
    drawn_lines_ = 0;
}

void Progress::say(const std::string& sentence) {
    erase();
    std::cout << clock() << sentence << std::endl;
    next_ = {};
}

void Progress::show(const Snapshot& snapshot) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    draw(snapshot);
    next_ = now + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(2000));
}

void Progress::finish(const Snapshot& snapshot) {
    draw(snapshot);
    drawn_lines_ = 0;
}

void Progress::draw(const Snapshot& snapshot) {
    erase();
    if (!terminal_) {
        std::cout << clock();
        for (const auto& [name, done] : snapshot.done) std::cout << ' ' << name << '=' << done;
        std::cout << "  " << snapshot.note << std::endl;
        return;
    }
    for (const auto& [name, done] : snapshot.done) {
        std::cout << "  " << name << std::string(name.size() < 6 ? 6 - name.size() : 0, ' ') << '['
                  << bar(done, snapshot.total, kBarWidth) << "] " << grouped(done) << '\n';
        ++drawn_lines_;
    }
    std::cout << "  " << snapshot.note << '\n' << std::flush;
    ++drawn_lines_;
}

}  // namespace tillkeeper::lab
