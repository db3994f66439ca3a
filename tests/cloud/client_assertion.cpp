#include "tests/cloud/client_assertion.h"

#include <openssl/pem.h>

#include <algorithm>

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

constexpr std::size_t kHalfBytes = 32;  // of an ES256 signature

struct Parts {
    std::string_view header;
    std::string_view claims;
    std::string_view signature;
    std::string_view signed_text;
};

std::optional<Parts> split(std::string_view jwt) {
    const std::size_t a = jwt.find('.');
    const std::size_t b = jwt.rfind('.');
    if (a == std::string_view::npos || a == b) return {};
    return Parts{jwt.substr(0, a), jwt.substr(a + 1, b - a - 1), jwt.substr(b + 1), jwt.substr(0, b)};
}

std::string algorithm_of(const Parts& parts) {
    const auto header = base64url_decode(parts.header);
    if (!header) return {};
    JsonReader json(*header);
    std::string algorithm;
    if (!json.open('{')) return {};
    for (std::string_view name; json.next_member(name);)
        if (name == "alg") {
            algorithm = json.string();
        } else {
            json.skip();
        }
    return json.at_end() ? algorithm : std::string();
}

// OpenSSL wants ECDSA signatures as DER; JWS has R and S one after the other (RFC 7518, 3.4).
std::optional<std::string> der_signature(const std::string& raw) {
    if (raw.size() != 2 * kHalfBytes) return {};
    const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
    const EcdsaSignature signature(ECDSA_SIG_new());
    ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes, kHalfBytes, nullptr),
                   BN_bin2bn(bytes + kHalfBytes, kHalfBytes, nullptr));
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    if (size <= 0) return {};
    std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

}  // namespace

Result<Key> read_public_key(const std::string& file) {
    const Bio bio(BIO_new_file(file.c_str(), "r"));
    if (!bio) return fail(ErrorCode::kNotFound, "cannot read " + file);
    Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
    const int kind = key ? EVP_PKEY_get_base_id(key.get()) : 0;
    if (kind != EVP_PKEY_EC && kind != EVP_PKEY_RSA) return fail(ErrorCode::kInvalid, file + " is no public key");
    return key;
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return {};
    std::string out(text.size() / 4 * 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size < 0) return {};
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    if (text.find_first_of("+/=") != std::string_view::npos) return {};
    std::string padded(text);
    std::replace(padded.begin(), padded.end(), '-', '+');
    std::replace(padded.begin(), padded.end(), '_', '/');
    while (padded.size() % 4 != 0) padded += '=';
    return base64_decode(padded);
}

Result<Assertion> read_assertion(std::string_view jwt) {
    const auto parts = split(jwt);
    const auto claims = parts ? base64url_decode(parts->claims) : std::nullopt;
    if (!claims) return fail(ErrorCode::kInvalid, "the assertion is no JWT");
    Assertion assertion;
    JsonReader json(*claims);
    if (!json.open('{')) return fail(ErrorCode::kInvalid, "the claims are no object");
    for (std::string_view name; json.next_member(name);) {
        if (name == "iss") {
            assertion.issuer = json.string();
        } else if (name == "sub") {
            assertion.subject = json.string();
        } else if (name == "jti") {
            assertion.unique = json.string();
        } else if (name == "exp") {
            assertion.expires = json.integer().value_or(0);
        } else if (name == "iat") {
            assertion.issued = json.integer().value_or(0);
        } else if (name == "aud" && json.open('[')) {
            while (json.next_item()) assertion.audience.emplace_back(json.string());
        } else if (name == "aud") {
            assertion.audience.emplace_back(json.string());
        } else {
            json.skip();
        }
    }
    if (!json.at_end()) return fail(ErrorCode::kInvalid, "the claims are not JSON");
    return assertion;
}

bool signature_holds(std::string_view jwt, EVP_PKEY* key) {
    const auto parts = split(jwt);
    auto signature = parts ? base64url_decode(parts->signature) : std::nullopt;
    if (!signature) return false;
    const bool elliptic = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
    if (algorithm_of(*parts) != (elliptic ? "ES256" : "RS256")) return false;
    if (elliptic) signature = der_signature(*signature);
    if (!signature) return false;
    const DigestState state(EVP_MD_CTX_new());
    const auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
    return EVP_DigestVerifyInit(state.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
           EVP_DigestVerify(state.get(), bytes(*signature), signature->size(), bytes(parts->signed_text),
                            parts->signed_text.size()) == 1;
}

}  // namespace tillkeeper::cloud
