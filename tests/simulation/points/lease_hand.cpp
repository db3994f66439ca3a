#include "tests/simulation/points/lease_hand.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "platform/crypto.h"

namespace tillkeeper::simulation {
namespace {

constexpr int kNumberBytes = 32;

struct Free {
    void operator()(BIGNUM* number) const { BN_free(number); }
    void operator()(BN_CTX* room) const { BN_CTX_free(room); }
    void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
    void operator()(EC_POINT* point) const { EC_POINT_free(point); }
};
using Number = std::unique_ptr<BIGNUM, Free>;

Number number_of(const Digest& digest) {
    return Number(BN_bin2bn(digest.data(), static_cast<int>(digest.size()), nullptr));
}

std::string bytes_of(const Number& number) {
    std::string bytes(kNumberBytes, '\0');
    BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(bytes.data()), kNumberBytes);
    return bytes;
}

}  // namespace

struct LeaseHand::Curve {
    std::unique_ptr<EC_GROUP, Free> group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
    std::unique_ptr<BN_CTX, Free> room{BN_CTX_new()};
    Number secret = number_of(sha256("the loyalty engine's secret"));

    // The coordinates of that many steps along the curve.
    void walk(const Number& steps, const Number& x, const Number& y) const {
        const std::unique_ptr<EC_POINT, Free> point(EC_POINT_new(group.get()));
        EC_POINT_mul(group.get(), point.get(), steps.get(), nullptr, nullptr, room.get());
        EC_POINT_get_affine_coordinates(group.get(), point.get(), x.get(), y.get(), room.get());
    }
};

LeaseHand::LeaseHand() : curve_(std::make_unique<Curve>()) {
    const Number x(BN_new());
    const Number y(BN_new());
    curve_->walk(curve_->secret, x, y);
    jwk_ = R"({"kid":"loyalty-1","kty":"EC","use":"sig","alg":"ES256","crv":"P-256","x":")" + base64url(bytes_of(x)) +
           R"(","y":")" + base64url(bytes_of(y)) + R"("})";
}

LeaseHand::~LeaseHand() = default;

// ECDSA (FIPS 186-5, 6.4.1), with a number for each signature that follows from what is signed.
std::string LeaseHand::raw_signature(std::string_view input) const {
    const BIGNUM* order = EC_GROUP_get0_order(curve_->group.get());
    BN_CTX* room = curve_->room.get();
    const Number once = number_of(sha256("once\n" + std::string(input)));
    const Number r(BN_new());
    const Number y(BN_new());
    curve_->walk(once, r, y);
    BN_nnmod(r.get(), r.get(), order, room);
    const Number s(BN_new());
    BN_mod_mul(s.get(), r.get(), curve_->secret.get(), order, room);
    BN_mod_add(s.get(), s.get(), number_of(sha256(input)).get(), order, room);
    const Number inverse(BN_mod_inverse(nullptr, once.get(), order, room));
    BN_mod_mul(s.get(), s.get(), inverse.get(), order, room);
    return bytes_of(r) + bytes_of(s);
}

std::string LeaseHand::sign(std::string_view claims) const {
    const std::string input =
        base64url(R"({"alg":"ES256","kid":"loyalty-1","typ":"tillkeeper-lease+jwt"})") + '.' + base64url(claims);
    return input + '.' + base64url(raw_signature(input));
}

}  // namespace tillkeeper::simulation
