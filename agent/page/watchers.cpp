#include "agent/page/watchers.h"

#include <utility>

namespace tillkeeper::agent {
namespace {

using std::chrono::seconds;

constexpr Duration kRests = seconds(1);
constexpr Duration kBeats = seconds(15);  // proxies and clients give up on silence; and only so we notice who has gone

}  // namespace

ServerResponse Watchers::begin(Watchers& watchers) {
    if (watchers.count() == kMost)
        return {.status = 503, .content_type = "text/plain", .body = "so many pages are open\n", .headers = {}};
    return {.content_type = "text/event-stream",
            .body = "retry: 2000\ndata: 0\n\n",
            .headers = {},
            .stream = [&watchers](std::unique_ptr<ServerStream> stream) { watchers.add(std::move(stream)); }};
}

void Watchers::add(std::unique_ptr<ServerStream> stream) {
    if (streams_.size() < kMost) streams_.push_back(std::move(stream));
}

void Watchers::look(std::string_view headline, std::string_view rest, MonotonicTime now) {
    if (headline != headline_ || (rest != rest_ && now - told_ >= kRests)) {
        headline_ = headline;
        rest_ = rest;
        return tell("data: " + std::to_string(++changes_) + "\n\n", now);
    }
    if (now - told_ >= kBeats) tell(":\n\n", now);
}

void Watchers::tell(std::string_view what, MonotonicTime now) {
    told_ = now;
    std::erase_if(streams_, [what](const auto& stream) { return !stream->write(what); });
}

}  // namespace tillkeeper::agent
