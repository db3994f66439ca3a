#include "agent/loyalty/lease.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "agent/contract/flat_object.h"
#include "agent/contract/problem.h"
#include "agent/contract/transaction.h"
#include "platform/jws.h"

namespace tillkeeper::agent {
namespace {

constexpr std::string_view kType = "tillkeeper-lease+jwt";  // so that no other token of the same issuer is a lease
constexpr std::int64_t kAmountMax = 1'000'000'000;
constexpr std::int64_t kLatest = 253'402'300'799;  // the year 9999

std::unexpected<Error> invalid(std::string what) {
    return fail(ErrorCode::kInvalid, "not a lease: " + std::move(what));
}

Result<FlatObject> decoded(std::string_view part) {
    const auto json = base64url_decode(part);
    if (!json) return invalid("it is no base64url");
    auto object = FlatObject::read(*json);
    if (!object) return invalid(object.error().message);
    return object;
}

Result<void> prove(const JwsParts& parts, const LeaseKeys& keys) {
    const auto header = decoded(parts.header);
    if (!header) return std::unexpected(header.error());
    // RFC 7515 section 4.1.11: what must be understood is not understood here.
    if (header->text("alg") != "ES256" || header->text("typ") != kType || header->has("crit"))
        return invalid("its header does not say ES256 and " + std::string(kType));
    const VerifyingKey* key = keys.find(header->text("kid").value_or(""));
    if (key == nullptr) return invalid("its key is not one of the engine's");
    const auto signature = base64url_decode(parts.signature);
    if (!signature || !key->holds(parts.signed_text, *signature)) return invalid("its signature is wrong");
    return {};
}

std::optional<WallTime> time_of(const FlatObject& claims, std::string_view name) {
    const auto seconds = claims.integer(name);
    if (!seconds || *seconds < 0 || *seconds > kLatest) return std::nullopt;
    return WallTime(std::chrono::seconds(*seconds));
}

// RFC 7638 section 3.2: the required members in alphabetical order, without white space.
std::string thumbprint(std::string_view x, std::string_view y) {
    const auto digest = sha256(R"({"crv":"P-256","kty":"EC","x":)" + quoted(x) + R"(,"y":)" + quoted(y) + '}');
    return base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

Result<void> LeaseKeys::add(std::string_view jwk) {
    const auto members = FlatObject::read(jwk);
    if (!members) return fail(ErrorCode::kInvalid, "not a JSON Web Key: " + members.error().message);
    const auto id = members->text("kid");
    const auto x = members->text("x");
    const auto y = members->text("y");
    if (members->text("kty") != "EC" || members->text("crv") != "P-256" || !id || !x || !y)
        return fail(ErrorCode::kInvalid, "not a P-256 key with kid, x and y");
    if (members->text("use").value_or("sig") != "sig") return fail(ErrorCode::kInvalid, "not a key for signatures");
    if (!pins_.empty() && std::ranges::find(pins_, thumbprint(*x, *y)) == pins_.end())
        return fail(ErrorCode::kInvalid, "none of the pinned keys");
    auto key = VerifyingKey::from_point(base64url_decode(*x).value_or(""), base64url_decode(*y).value_or(""));
    if (!key) return std::unexpected(key.error());
    keys_.insert_or_assign(*id, std::move(*key));
    return {};
}

const VerifyingKey* LeaseKeys::find(std::string_view key_id) const {
    const auto key = keys_.find(key_id);
    return key == keys_.end() ? nullptr : &key->second;
}

std::optional<LeaseClaim> claimed_by(std::string_view jws) {
    const auto parts = split_jws(jws);
    if (!parts) return std::nullopt;
    const auto claims = decoded(parts->payload);
    if (!claims) return std::nullopt;
    const auto id = claims->text("jti");
    const auto expires = time_of(*claims, "exp");
    if (!id || !expires) return std::nullopt;
    return LeaseClaim{*id, *expires};
}

Result<Lease> read_lease(std::string_view jws, const LeaseKeys& keys, std::string_view store, std::string_view issuer) {
    if (jws.size() > kLeaseBytesMax) return invalid("it is too long");
    const auto parts = split_jws(jws);
    if (!parts) return invalid("it has not three parts");
    if (const auto proven = prove(*parts, keys); !proven) return std::unexpected(proven.error());
    const auto claims = decoded(parts->payload);
    if (!claims) return std::unexpected(claims.error());
    if (claims->text("iss") != issuer) return invalid("it comes from another issuer");
    if (claims->text("aud") != store) return invalid("it is for another store");

    const auto id = claims->text("jti");
    const auto amount = claims->integer("amount");
    const auto issued = time_of(*claims, "iat");
    const auto expires = time_of(*claims, "exp");
    const auto begins = claims->has("nbf") ? time_of(*claims, "nbf") : issued;
    Lease lease;
    lease.member = claims->text("sub").value_or("");
    lease.pool = claims->text("pool").value_or("");
    if (!id || !is_transaction_id(*id)) return invalid("its jti cannot be used");
    if (!amount || *amount < 1 || *amount > kAmountMax) return invalid("its amount cannot be used");
    if (!begins || !expires || *expires <= *begins) return invalid("its times cannot be used");
    if (lease.member.empty() == lease.pool.empty()) return invalid("it names not exactly one of member and pool");
    lease.id = *id;
    lease.amount = *amount;
    lease.not_before = *begins;
    lease.expires = *expires;
    return lease;
}

}  // namespace tillkeeper::agent
