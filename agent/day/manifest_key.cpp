#include "agent/day/manifest_key.h"

#include "agent/bus_access/safe_file.h"
#include "agent/contract/problem.h"
#include "agent/day/manifest.h"

namespace tillkeeper::agent {
namespace {

std::string path_in(const std::string& data_folder) {
    return data_folder + "/manifest.key";
}

Result<SigningKey> usable(const std::string& data_folder, std::string_view pem) {
    auto key = SigningKey::from_pem(pem);
    if (key && key->algorithm() == "ES256") return key;
    return fail(ErrorCode::kCorrupt,
                path_in(data_folder) +
                    " is no key on curve P-256; put it back from where it is "
                    "kept, or move it away: then a new one is made, of which headquarters must know");
}

}  // namespace

Result<SigningKey> manifest_key(const std::string& data_folder) {
    const auto there = read_if_there(path_in(data_folder));
    if (!there) return std::unexpected(there.error());
    if (!there->empty()) return usable(data_folder, *there);
    const auto made = SigningKey::make_pem();
    if (!made) return std::unexpected(made.error());
    if (auto written = write_safely(path_in(data_folder), *made, 0600); !written)
        return std::unexpected(written.error());
    return usable(data_folder, *made);
}

Result<std::string> manifest_key_json(const std::string& data_folder) {
    const auto there = read_if_there(path_in(data_folder));
    if (!there) return std::unexpected(there.error());
    if (there->empty()) return fail(ErrorCode::kNotFound, "no manifest was signed yet: tillkeeper manifest make");
    const auto key = usable(data_folder, *there);
    if (!key) return std::unexpected(key.error());
    const auto id = key_id(*key);
    const auto pem = key->public_pem();
    if (!id || !pem) return std::unexpected(id ? pem.error() : id.error());
    return "{\"key_id\":" + quoted(*id) + ",\"public_key\":" + quoted(*pem) + '}';
}

}  // namespace tillkeeper::agent
