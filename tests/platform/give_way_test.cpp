#include "platform/linux-arm/give_way.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

namespace tillkeeper {
namespace {

int niceness() {
    return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
}

TEST(GiveWay, IsOfTheThreadAlone) {
    const int before = niceness();
    int other = before;
    std::thread([&] {
        give_way();
        other = niceness();
    }).join();
    EXPECT_GT(other, before);
    EXPECT_EQ(niceness(), before);
}

}  // namespace
}  // namespace tillkeeper
