#include "platform/linux-arm/give_way.h"

#include <sys/resource.h>
#include <unistd.h>

namespace tillkeeper {

// Linux counts niceness by thread.
void give_way() {
    constexpr int kNicer = 10;
    const auto thread = static_cast<id_t>(::gettid());
    ::setpriority(PRIO_PROCESS, thread, ::getpriority(PRIO_PROCESS, thread) + kNicer);
}

}  // namespace tillkeeper
