// Loading a configuration never tries the destinations: that is check_config(), which this target does not call.
#include "sync/destination.h"

namespace tillkeeper::sync {

Result<void> check(const DestinationConfig& /*config*/) {
    return {};
}

}  // namespace tillkeeper::sync
