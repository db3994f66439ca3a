// A host with several addresses, of which only the last one answers.
#include "till/reach.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

namespace tillkeeper::pos {
namespace {

// A socket at a free port of loopback; it answers once it listens.
struct Port {
    Port() {
        sockaddr_in here{};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&here), sizeof here), 0);
        address.size = sizeof here;
        EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address.bytes), &address.size), 0);
    }
    ~Port() { ::close(socket); }
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    ReachAddress address;
};

Result<bool> decided(Reach& reach) {
    auto answers = reach.next();
    while (answers && !*answers) {
        pollfd one{reach.socket(), POLLOUT, 0};
        if (::poll(&one, 1, 20'000) != 1) return fail(ErrorCode::kUnavailable, "nothing is decided");
        answers = reach.outcome();
    }
    return answers;
}

// [till-6]
TEST(Reaches, EveryAddressIsTriedUntilOneAnswers) {
    const Port refuses;
    const Port answers;
    ASSERT_EQ(::listen(answers.socket, 1), 0);
    Reach both({refuses.address, ReachAddress{}, answers.address});
    const auto reached = decided(both);
    ASSERT_TRUE(reached) << reached.error().message;
    EXPECT_TRUE(*reached);
    Reach none({refuses.address, refuses.address});
    const auto refused = decided(none);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(refused.error().message.find("refused"), std::string::npos) << refused.error().message;
}

TEST(Reaches, ANameThatNobodyHasIsTold) {
    EXPECT_TRUE(addresses_of("127.0.0.1", 8883));
    const auto none = addresses_of("no such host", 8883);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace tillkeeper::pos
