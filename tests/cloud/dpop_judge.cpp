#include "tests/cloud/dpop_judge.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <optional>

#include "tests/cloud/client_assertion.h"
#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

constexpr std::int64_t kWindowSeconds = 60;  // around now, in which a proof must have been made
constexpr int kProofsPerNonce = 4;

struct Proof {
    std::string type, key_type, curve, x, y;
    bool tells_private_half = false;
    std::string unique, method, target, token_hash, nonce;
    std::int64_t issued = 0;
};

void read_jwk(JsonReader& json, Proof& proof) {
    if (!json.open('{')) return json.skip();
    for (std::string_view name; json.next_member(name);) {
        if (name == "kty") {
            proof.key_type = json.string();
        } else if (name == "crv") {
            proof.curve = json.string();
        } else if (name == "x") {
            proof.x = json.string();
        } else if (name == "y") {
            proof.y = json.string();
        } else {
            proof.tells_private_half |= name == "d";
            json.skip();
        }
    }
}

bool read_header(const std::string& text, Proof& proof) {
    JsonReader json(text);
    if (!json.open('{')) return false;
    for (std::string_view name; json.next_member(name);) {
        if (name == "typ") {
            proof.type = json.string();
        } else if (name == "jwk") {
            read_jwk(json, proof);
        } else {
            json.skip();
        }
    }
    return json.at_end();
}

bool read_claims(const std::string& text, Proof& proof) {
    JsonReader json(text);
    if (!json.open('{')) return false;
    for (std::string_view name; json.next_member(name);) {
        if (name == "jti") {
            proof.unique = json.string();
        } else if (name == "htm") {
            proof.method = json.string();
        } else if (name == "htu") {
            proof.target = json.string();
        } else if (name == "ath") {
            proof.token_hash = json.string();
        } else if (name == "nonce") {
            proof.nonce = json.string();
        } else if (name == "iat") {
            proof.issued = json.integer().value_or(0);
        } else {
            json.skip();
        }
    }
    return json.at_end();
}

std::optional<Proof> read_proof(std::string_view jwt) {
    const std::size_t a = jwt.find('.');
    const std::size_t b = jwt.rfind('.');
    if (a == std::string_view::npos || a == b) return {};
    const auto header = base64url_decode(jwt.substr(0, a));
    const auto claims = base64url_decode(jwt.substr(a + 1, b - a - 1));
    Proof proof;
    if (!header || !claims || !read_header(*header, proof) || !read_claims(*claims, proof)) return {};
    return proof;
}

Key key_of(const Proof& proof) {
    const auto x = base64url_decode(proof.x);
    const auto y = base64url_decode(proof.y);
    if (proof.key_type != "EC" || proof.curve != "P-256" || !x || !y || proof.tells_private_half) return {};
    std::string point = '\x04' + *x + *y;  // uncompressed: SEC 1, section 2.3.3
    std::string group = "P-256";
    std::array<OSSL_PARAM, 3> parts{
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end()};
    const std::unique_ptr<EVP_PKEY_CTX, FreeBy<EVP_PKEY_CTX_free>> making(
        EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(making.get()) != 1 ||
        EVP_PKEY_fromdata(making.get(), &key, EVP_PKEY_PUBLIC_KEY, parts.data()) != 1)
        return {};
    return Key(key);
}

std::string hash_of(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return {digest.begin(), digest.begin() + size};
}

// "" or what is wrong with it, but for its jti and nonce.
std::string fault_of(const Proof& proof, const Request& request, std::string_view token, std::int64_t now) {
    const Key key = key_of(proof);
    if (proof.type != "dpop+jwt" || !key) return "no proof by a key on P-256";
    if (!signature_holds(request.dpop, key.get())) return "wrong signature";
    if (proof.method != request.method) return "htm is another method";
    if (proof.target != "https://" + request.authority + request.path) return "htu is another address";
    if (std::abs(now - proof.issued) > kWindowSeconds) return "iat is not now";
    if (token.empty() ? !proof.token_hash.empty() : base64url_decode(proof.token_hash) != hash_of(token))
        return "ath is of another token";
    return proof.unique.empty() ? "jti is missing" : "";
}

}  // namespace

std::string random_text() {
    static constexpr char kHex[] = "0123456789abcdef";
    std::array<unsigned char, 24> bytes{};
    RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
    std::string out;
    for (const unsigned char byte : bytes) {
        out += kHex[byte >> 4U];
        out += kHex[byte & 15U];
    }
    return out;
}

DpopJudge::Verdict DpopJudge::judge(const Request& request, std::string_view token, std::int64_t now) {
    const auto invalid = [](std::string why) { return Verdict{.error = "invalid_dpop_proof", .why = std::move(why)}; };
    const auto proof = read_proof(request.dpop);
    if (!proof) return invalid("no proof");
    if (std::string why = fault_of(*proof, request, token, now); !why.empty()) return invalid(std::move(why));
    std::erase_if(used_, [now](const auto& entry) { return entry.second < now; });
    if (!used_.try_emplace(proof->unique, proof->issued + kWindowSeconds).second) return invalid("jti was used before");
    if (proof->nonce.empty() || (proof->nonce != nonce_ && proof->nonce != nonce_before_))
        return {.error = "use_dpop_nonce", .why = "a nonce of this server is wanted"};
    if (++taken_ % kProofsPerNonce == 0) nonce_before_ = std::exchange(nonce_, random_text());
    return {.thumbprint = hash_of(R"({"crv":"P-256","kty":"EC","x":")" + proof->x + R"(","y":")" + proof->y + R"("})")};
}

void DpopJudge::forget_nonces() {
    nonce_ = random_text();
    nonce_before_.clear();
}

}  // namespace tillkeeper::cloud
