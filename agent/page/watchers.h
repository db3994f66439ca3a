// Watchers: the pages that are open somewhere, and are told as soon as there is something new to show (server-sent
// events, HTML Living Standard section 9.2). What it is they fetch themselves: so all pages of a store show the same.
// Thread: the till loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock.h"
#include "platform/http_server.h"

namespace tillkeeper::agent {

class Watchers {
  public:
    static constexpr std::size_t kMost = 16;  // connections are few; further pages ask by themselves

    // What a page that begins to watch is sent.
    [[nodiscard]] static ServerResponse begin(Watchers& watchers);
    void add(std::unique_ptr<ServerStream> stream);
    // Once in a while, with what there is to show. A change of `headline` is told at once, one of `rest` at most once a
    // second.
    void look(std::string_view headline, std::string_view rest, MonotonicTime now);
    [[nodiscard]] std::size_t count() const { return streams_.size(); }

  private:
    void tell(std::string_view what, MonotonicTime now);

    std::vector<std::unique_ptr<ServerStream>> streams_;
    std::string headline_;
    std::string rest_;
    std::uint64_t changes_ = 0;
    MonotonicTime told_{};
};

}  // namespace tillkeeper::agent
