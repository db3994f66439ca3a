// What the journal's file gives back, when some of its bytes are not what was written. [storage-8] [storage-10]
//
// Input: one byte switches, eight bytes place and change, three lines id, till and receipt, the rest is the body.
#include <string>

#include "storage/body_codec.h"
#include "storage/hash_chain.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"

using namespace tillkeeper;
using fuzz::require;

namespace {

const std::string kKey(32, 'k');

storage::NewEntry entry_of(fuzz::Input& input) {
    storage::NewEntry entry;
    entry.transaction_id = input.line();
    entry.till = input.line();
    entry.receipt = input.line();
    entry.body = input.rest();
    return entry;
}

// Any byte changed is noticed, or changes nothing.
void check_change(storage::BodyCodec& codec, std::string stored, const storage::NewEntry& entry, const Digest& hash,
                  std::uint64_t change, bool sealed) {
    const auto place = static_cast<std::size_t>(change >> 8U) % stored.size();
    const auto bits = static_cast<unsigned char>(change & 0xFFU);
    if (bits == 0) return;
    stored[place] = static_cast<char>(static_cast<unsigned char>(stored[place]) ^ bits);
    const auto body = codec.decode(stored, hash);
    if (!body) return;
    require(body->size() <= storage::kBodyBytesMax, "a body has at most its limit");
    if (*body == entry.body) return;
    require(!sealed || place == 0, "a sealed body that was changed is noticed at once");
    require(storage::chain_hash({}, 1, entry, sha256(*body)) != hash, "a body that was changed is noticed by its hash");
}

// Members run into each other in no hash: another entry has another one.
void check_chain(const storage::NewEntry& entry, const Digest& hash) {
    storage::NewEntry other = entry;
    std::swap(other.till, other.receipt);
    const bool same = other.till == entry.till;
    require(same == (storage::chain_hash({}, 1, other, sha256(other.body)) == hash), "a hash tells members apart");
    other = entry;
    if (other.till.empty()) return;
    other.transaction_id += other.till.front();
    other.till.erase(0, 1);
    require(storage::chain_hash({}, 1, other, sha256(other.body)) != hash, "a hash tells where a member ends");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static storage::BodyCodec plain("");
    static storage::BodyCodec sealed(kKey);
    fuzz::Input input(data, size);
    const auto switches = input.byte();
    const auto change = input.number();
    const auto entry = entry_of(input);
    const Digest hash = storage::chain_hash({}, 1, entry, sha256(entry.body));
    check_chain(entry, hash);
    storage::BodyCodec& codec = (switches & 1U) != 0 ? sealed : plain;
    const auto stored = codec.encode(entry.body, hash);
    require(stored.has_value(), "a body within its limit can be stored");
    const auto back = codec.decode(*stored, hash);
    require(back.has_value(), "what was stored can be read");
    fuzz::require_same(*back, entry.body, "what was stored comes back as it was");
    check_change(codec, *stored, entry, hash, change, (switches & 1U) != 0);
    // The body itself as the bytes of a file.
    if (const auto hostile = codec.decode(entry.body, hash))
        require(hostile->size() <= storage::kBodyBytesMax, "a body has at most its limit");
    return 0;
}
