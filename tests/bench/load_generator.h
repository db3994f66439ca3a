// The limit beside the drain: h2load posting a real batch body again and again; and where that body comes from.
#pragma once

#include <filesystem>

#include "platform/result.h"
#include "tests/bench/store.h"

namespace tillkeeper::bench {

// The first full batch of the journal in `data`, built by the agent's own code, into `file`.
[[nodiscard]] Result<void> write_batch(const std::filesystem::path& data, bool gzip, const std::filesystem::path& file);

struct Posted {
    double sales_per_second = 0;
    double items = 0;  // sales in the body, as the server counted them
};

// Posts it `requests` times over one connection with as many requests in flight as the agent has. kNotFound when there
// is no h2load. The same sales come again and again, so the server spares itself what it does for new ones.
[[nodiscard]] Result<Posted> run_h2load(Store& store, const std::filesystem::path& body, bool gzip,
                                        std::int64_t requests);

}  // namespace tillkeeper::bench
