// What is signed, and by whom. [agent-41]
#include "agent/day/manifest.h"

#include <gmock/gmock.h>

#include "platform/jws.h"
#include "tests/agent/day/day_entries.h"

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

const BusinessDay kDay = parse_day("2026-11-20").value();

SigningKey made_key() {
    return SigningKey::from_pem(SigningKey::make_pem().value()).value();
}
VerifyingKey public_half(const SigningKey& key) {
    return VerifyingKey::from_pem(key.public_pem().value()).value();
}

Manifest some_manifest() {
    ManifestBook book(11);
    for (int i = 0; i < 3; ++i) book.take(numbered(11 + i, handed_over("t1", i, 100)), kDay, kDay);
    book.take(numbered(14, handed_over("", 0, 0, "outage")), kDay, kDay);
    Manifest manifest = std::move(book).finish();
    manifest.store = "0042";
    manifest.business_day = "2026-11-20";
    manifest.serial = 3;
    manifest.made_at = "2026-11-21T03:00:00.000Z";
    manifest.previous = "ab";
    return manifest;
}

TEST(ManifestDocument, SaysAllThatItWasMadeFrom) {
    const auto key = made_key();
    const auto read = proven_manifest(signed_manifest(some_manifest(), key).value(), public_half(key));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->first, 11);
    EXPECT_EQ(read->last, 14);
    EXPECT_EQ(read->entries, 4);
    EXPECT_EQ(read->previous, "ab");
    EXPECT_EQ(read->head, to_hex(Digest{}));
    ASSERT_THAT(read->rows, SizeIs(1));
    EXPECT_EQ(read->rows[0].till, "t1");
    EXPECT_TRUE(read->rows[0].totals.numbers.has(2));
    EXPECT_FALSE(read->rows[0].totals.numbers.has(3));
    EXPECT_EQ(read->rows[0].totals.types.all().at({"sale", "EUR"}), (Amounts{3, 300}));
    EXPECT_EQ(manifest_id(*read), "manifest-0042-2026-11-20-3");
    EXPECT_EQ(to_json(*read).substr(0, 60), to_json(some_manifest()).substr(0, 60));
}

TEST(ManifestDocument, ASignatureOfAnotherKeyIsNone) {
    const auto key = made_key();
    const auto jws = signed_manifest(some_manifest(), key).value();
    EXPECT_FALSE(proven_manifest(jws, public_half(made_key())));
    auto changed = jws;
    changed[jws.find('.') + 40] ^= 1;
    EXPECT_FALSE(proven_manifest(changed, public_half(key)));
    EXPECT_FALSE(proven_manifest(jws.substr(0, jws.rfind('.') + 1), public_half(key)));
    EXPECT_FALSE(proven_manifest("", public_half(key)));
}

// RFC 8725 section 3.1: what a signature is made by is not for its sender to say.
TEST(ManifestDocument, NoOtherAlgorithmIsLookedAt) {
    const auto key = made_key();
    const auto jws = signed_manifest(some_manifest(), key).value();
    const std::string rest = jws.substr(jws.find('.'));
    const auto with = [&](const std::string& header) { return base64url(header) + rest; };
    const std::string typ = R"(,"typ":"tillkeeper-manifest+jws"})";
    EXPECT_FALSE(proven_manifest(with(R"({"alg":"none")" + typ), public_half(key)));
    EXPECT_FALSE(
        proven_manifest(base64url(R"({"alg":"none")" + typ) + rest.substr(0, rest.rfind('.') + 1), public_half(key)));

    const std::string input = base64url(R"({"alg":"HS256")" + typ) + rest.substr(0, rest.rfind('.'));
    const Digest mac = hmac_sha256(key.public_pem().value(), input);
    const std::string confused = input + '.' + base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
    EXPECT_FALSE(proven_manifest(confused, public_half(key)));

    // Signed well, and not for this purpose.
    const auto payload = to_json(some_manifest());
    EXPECT_FALSE(proven_manifest(signed_jws(key, R"({"alg":"ES256","typ":"JWT"})", payload).value(), public_half(key)));
    EXPECT_FALSE(proven_manifest(signed_jws(key, R"({"alg":"ES256","crit":["b64"],"b64":false)" + typ, payload).value(),
                                 public_half(key)));
    EXPECT_TRUE(proven_manifest(signed_jws(key, R"({"alg":"ES256")" + typ, payload).value(), public_half(key)));
}

TEST(ManifestDocument, StandsInTheJournalAsAnOwnEntry) {
    const auto entry = manifest_entry(some_manifest(), "a.b.c", {});
    EXPECT_EQ(entry.till, "");
    EXPECT_EQ(entry.type, "day_manifest");
    EXPECT_EQ(entry.business_day, "2026-11-20");
    EXPECT_THAT(entry.body, HasSubstr(R"("manifest":"a.b.c")"));
}

TEST(ManifestDocument, NeverOutgrowsAnEntry) {
    ManifestBook book(1);
    storage::JournalNumber number = 0;
    while (!book.full() && number < 200'000) {
        ++number;
        auto entry = handed_over("t" + std::to_string(number % 50), number * 2, 1, "type-" + std::to_string(number));
        book.take(numbered(number, entry), kDay - std::chrono::days(number % 300), kDay);
    }
    EXPECT_LT(number, 200'000);
    const auto jws = signed_manifest(std::move(book).finish(), made_key()).value();
    EXPECT_LT(jws.size(), std::size_t{900} << 10);
    EXPECT_GT(jws.size(), std::size_t{100} << 10);
}

TEST(ManifestDocument, ADamagedEntryIsNamed) {
    ManifestBook book(1);
    storage::Entry rotten;
    rotten.number = 1;
    rotten.damaged = "rotten";
    book.take(rotten, {}, kDay);
    const auto manifest = std::move(book).finish();
    EXPECT_THAT(manifest.damaged, testing::ElementsAre(1));
    EXPECT_EQ(manifest.head, "");
    EXPECT_THAT(to_json(manifest), HasSubstr(R"("damaged":[1])"));
}

}  // namespace
}  // namespace tillkeeper::agent
