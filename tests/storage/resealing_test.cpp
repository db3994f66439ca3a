// A new key without downtime: every entry is readable at any instant, and no nonce serves twice. [storage-10]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "storage/body_codec.h"
#include "storage/erasure.h"
#include "storage/resealing.h"
#include "storage/sqlite.h"
#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kOld(32, 'o');
const std::string kNew(32, 'n');

JournalOptions with_keys(const Folder& folder, const BodyKeys& keys) {
    JournalOptions options = folder.options(keys.current);
    options.older_keys = keys.older;
    return options;
}

void sell(const JournalOptions& options, std::uint64_t first, std::uint64_t last) {
    auto journal = opened(options);
    std::vector<NewEntry> sales;
    for (auto n = first; n <= last; ++n) sales.push_back(sale(uuid(n), "of a customer"));
    ASSERT_TRUE(journal->commit(sales, {}));
}

void expect_all_readable(const JournalOptions& options, std::int64_t count) {
    const auto verified = reading(options)->verify({}).value();
    EXPECT_EQ(verified.first_bad, 0) << verified.problem;
    EXPECT_EQ(verified.entries, count);
}

void finish(Journal& journal, SlicedWork& work) {
    while (true) {
        const auto more = journal.slice(work);
        ASSERT_TRUE(more) << more.error().message;
        if (!*more) return;
    }
}

TEST(Resealing, WhileSalesGoOn) {
    const Folder folder;
    const BodyKeys both{.current = kNew, .older = {kOld}};
    sell(folder.options(kOld), 1, 300);
    auto journal = opened(folder.options(kOld));
    auto reader = reading(folder.options(kOld));
    reader->use_keys(both);
    KeyChange change(both);
    finish(*journal, change);
    put(*journal, sale(uuid(301)));
    EXPECT_THAT(reader->key_state()->checks, ElementsAre(key_check(kNew), key_check(kOld)));

    Resealing resealing;
    std::uint64_t n = 302;
    for (; journal->slice(resealing).value(); ++n) {
        put(*journal, sale(uuid(n)));
        EXPECT_EQ(reader->verify({}).value().first_bad, 0);
    }
    EXPECT_THAT(reader->key_state()->checks, ElementsAre(key_check(kNew)));
    reader->use_keys({.current = kNew, .older = {}});
    EXPECT_EQ(reader->verify({}).value().first_bad, 0);
    journal.reset();
    expect_all_readable(folder.options(kNew), static_cast<std::int64_t>(n) - 1);
    EXPECT_EQ(Journal::open(folder.options(kOld)).error().code, ErrorCode::kCorrupt);
}

TEST(Resealing, NeedsTheOldKeyUntilItIsDone) {
    const Folder folder;
    const BodyKeys both{.current = kNew, .older = {kOld}};
    sell(folder.options(kOld), 1, 200);
    sell(with_keys(folder, both), 201, 202);
    for (const auto* key : {&kOld, &kNew}) {
        const auto refused = Journal::open(folder.options(*key));
        ASSERT_FALSE(refused);
        EXPECT_THAT(refused.error().message, HasSubstr("older key"));
    }
    expect_all_readable(with_keys(folder, both), 202);
}

// It is found out before anything is sealed with it, and selling goes on.
TEST(Resealing, AKeyFileWithoutTheOldKeyChangesNothing) {
    const Folder folder;
    sell(folder.options(kOld), 1, 3);
    auto journal = opened(folder.options(kOld));
    KeyChange change({.current = kNew, .older = {}});
    EXPECT_EQ(journal->slice(change).error().code, ErrorCode::kInvalid);
    put(*journal, sale(uuid(4)));
    journal.reset();
    expect_all_readable(folder.options(kOld), 4);
}

TEST(Resealing, GoesOnWhereADeathStoppedIt) {
    const Folder folder;
    const BodyKeys both{.current = kNew, .older = {kOld}};
    sell(folder.options(kOld), 1, 1000);
    int deaths = 0;
    for (bool more = true; more; ++deaths) {
        auto journal = opened(with_keys(folder, both));
        Resealing resealing;
        more = journal->slice(resealing).value();
        journal.reset();
        expect_all_readable(more ? with_keys(folder, both) : folder.options(kNew), 1000);
    }
    EXPECT_EQ(deaths, 8) << "what is done is not done again";
}

// A journal that had no key: what lay plain is sealed, and no copy of it is left.
TEST(Resealing, SealsWhatLayPlain) {
    const Folder folder;
    const std::string canary = "Zsxwq Vbnkjhuytr +4915199887766";
    {
        auto journal = opened(folder.options());
        for (std::uint64_t n = 1; n <= 200; ++n) put(*journal, sale(uuid(n), canary));
        auto held = held_at("erp", 150);
        held.reason = "no customer " + canary;
        report(*journal, {.destination = "erp", .hold = {held}, .delivered = {}, .cursor = 200});
    }
    const auto on_disk = [&] {
        std::ifstream file(folder.database(), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {}).find(canary) != std::string::npos;
    };
    ASSERT_TRUE(on_disk());
    auto journal = opened(folder.options(kNew));
    EXPECT_THAT(reading(folder.options(kNew))->key_state()->checks, ElementsAre(key_check(kNew), "plain"));
    Resealing resealing;
    finish(*journal, resealing);
    Scrubbing scrubbing;
    finish(*journal, scrubbing);
    EXPECT_FALSE(on_disk());
    journal.reset();
    expect_all_readable(folder.options(kNew), 200);
    EXPECT_EQ(reading(folder.options(kNew))->held("erp", 0, 9).value().front().reason, "no customer " + canary);
    EXPECT_EQ(Journal::open(folder.options()).error().code, ErrorCode::kCorrupt);
}

TEST(Resealing, AFreshJournalHasNothingToDo) {
    const Folder folder;
    auto journal = opened(folder.options(kNew));
    Resealing resealing;
    EXPECT_FALSE(journal->slice(resealing).value());
    EXPECT_THAT(reading(folder.options(kNew))->key_state()->checks, ElementsAre(key_check(kNew)));
}

TEST(Resealing, KeepsWhatAnErasureLeft) {
    const Folder folder;
    sell(folder.options(kOld), 1, 3);
    {
        auto journal = opened(folder.options(kOld));
        ErasureOrder order{.concerns = [](std::string_view) { return true; },
                           .redact = [](std::string_view) { return "{}"; },
                           .who = "anna",
                           .why = "asked",
                           .arrival = {}};
        Erasure erasure(order);
        finish(*journal, erasure);
    }
    auto journal = opened(with_keys(folder, {.current = kNew, .older = {kOld}}));
    Resealing resealing;
    finish(*journal, resealing);
    journal.reset();
    expect_all_readable(folder.options(kNew), 4);
    EXPECT_TRUE(reading(folder.options(kNew))->entry(2).value()->erased);
}

// What AES-GCM must never see: the same first bytes of key stream over two contents. The key stream is where ciphertext
// and content meet; two that are equal were made with one nonce.
TEST(Resealing, NoNonceServesTwoContents) {
    BodyCodec old_codec(kOld);
    BodyCodec codec(BodyKeys{.current = kNew, .older = {kOld}});
    std::map<std::string, std::string> content_by_stream;
    const auto note = [&](const std::string& stored, const std::string& plain, std::size_t head) {
        std::string stream;
        for (std::size_t i = 0; i < 24; ++i) stream += static_cast<char>(stored[head + i] ^ plain[head + i]);
        const auto [found, fresh] = content_by_stream.emplace(stream, plain);
        EXPECT_TRUE(fresh || found->second == plain);
    };
    BodyCodec open("");
    for (int n = 0; n < 300; ++n) {
        const Digest hash = sha256("entry " + std::to_string(n));
        const std::string body = R"({"name":"Zsxwq","n":)" + std::to_string(n) + R"(,"note":"Vbnkjhuytr"})";
        const auto sealed = old_codec.encode(body, hash).value();
        note(sealed, open.encode(body, hash).value(), 1);
        note(codec.reseal(sealed, hash).value().value(), open.encode(body, hash).value(), 1);
        for (const std::string left : {R"({"n":"erased and more of it"})", R"({"n":"something else is left"})"}) {
            const auto plain = open.encode_erased(left, sha256(body), hash).value();
            note(old_codec.encode_erased(left, sha256(body), hash).value(), plain, 65);
            note(codec.encode_erased(left, sha256(body), hash).value(), plain, 65);
        }
    }
    EXPECT_EQ(content_by_stream.size(), 1800U);
}

TEST(Resealing, IsNeededOnlyOnce) {
    BodyCodec codec(BodyKeys{.current = kNew, .older = {kOld}});
    const Digest hash = sha256("entry");
    const auto sealed = codec.reseal(BodyCodec(kOld).encode("body", hash).value(), hash).value().value();
    EXPECT_EQ(sealed, codec.encode("body", hash).value());
    EXPECT_FALSE(codec.reseal(sealed, hash).value());
    EXPECT_EQ(BodyCodec(kNew).decode(sealed, hash).value(), "body");
    EXPECT_EQ(BodyCodec(std::string(32, 'x')).decode(sealed, hash).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace tillkeeper::storage
