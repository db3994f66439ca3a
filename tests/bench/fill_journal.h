// Fills a journal directly, as if tills had handed over that many sales during an outage. Much quicker than tills.
#pragma once

#include <cstdint>
#include <filesystem>

#include "platform/result.h"

namespace tillkeeper::bench {

// A new journal in `folder` with `sales` generated sales of about kSaleBytes each, of kTills tills.
[[nodiscard]] Result<void> fill_journal(const std::filesystem::path& folder, std::int64_t sales);

// How many bytes of JSON so many generated sales of `tills` tills are, for that seed.
[[nodiscard]] double json_bytes(std::int64_t sales, int tills, std::uint64_t seed);

}  // namespace tillkeeper::bench
