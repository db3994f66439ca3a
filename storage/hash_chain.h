// The hash chain: what makes a changed or removed entry show. README.md specifies every byte of it.
// Pure; any thread.
#pragma once

#include "platform/crypto.h"
#include "storage/entry.h"

namespace tillkeeper::storage {

// The end of a chain. The first entry follows number 0 with a hash of 32 zero bytes.
struct ChainLink {
    JournalNumber number = 0;
    Digest hash{};
};

// `Entry::hash` for an entry with this number that follows `previous`. Ignores `entry.body`.
[[nodiscard]] Digest chain_hash(const Digest& previous, JournalNumber number, const NewEntry& entry,
                                const Digest& body_digest);

}  // namespace tillkeeper::storage
