#include "storage/hash_chain.h"

namespace tillkeeper::storage {
namespace {

constexpr char kSerialisation = 1;

void put_64(std::string& out, std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(bits >> shift));
}

void put_text(std::string& out, std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(size >> shift));
    out.append(text);
}

void put_digest(std::string& out, const Digest& digest) {
    out.append(reinterpret_cast<const char*>(digest.data()), digest.size());
}

}  // namespace

Digest chain_hash(const Digest& previous, JournalNumber number, const NewEntry& entry, const Digest& body_digest) {
    std::string out;
    out.reserve(512);
    put_digest(out, previous);
    out.push_back(kSerialisation);
    out.push_back(static_cast<char>(entry.kind));
    out.push_back(entry.arrival.clock_trusted ? 1 : 0);
    out.push_back(entry.till_sequence ? 1 : 0);
    put_64(out, number);
    put_64(out, entry.till_sequence.value_or(0));
    put_64(out, entry.repairs);
    put_64(out, entry.arrival.arrived_at.time_since_epoch().count());
    put_64(out, entry.arrival.monotonic.time_since_epoch().count());
    for (const std::string* text :
         {&entry.till, &entry.transaction_id, &entry.type, &entry.business_day, &entry.occurred_at, &entry.refers_to,
          &entry.receipt, &entry.problems, &entry.arrival.boot_id})
        put_text(out, *text);
    put_digest(out, body_digest);
    return sha256(out);
}

}  // namespace tillkeeper::storage
