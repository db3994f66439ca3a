// The form of the file over versions, and how bodies lie in it. [storage-9] [storage-10]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "storage/body_codec.h"
#include "storage/journal.h"
#include "storage/schema.h"
#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

const std::string kKey(32, 'k');

std::string form_of(Connection& connection) {
    auto statement = connection.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").value();
    std::string form;
    while (statement.step().value())
        for (int column = 0; column < 3; ++column) form += std::string(statement.bytes(column)) + "\n";
    return form;
}

std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Schema, AllMigrationsTogetherEqualIt) {
    auto migrated = Connection::open(":memory:", Connection::Mode::kWrite, "").value();
    ASSERT_TRUE(migrate(migrated));
    auto whole = Connection::open(":memory:", Connection::Mode::kWrite, "").value();
    ASSERT_TRUE(whole.execute(file_text(TILLKEEPER_SCHEMA)));
    EXPECT_EQ(form_of(migrated), form_of(whole));
    EXPECT_EQ(migrated.integer("PRAGMA user_version").value(), schema_version());
}

TEST(Schema, ANewerCompatibleFileOpensAndANewerOtherOneDoesNot) {  // [storage-9]
    const Folder folder;
    {
        put(*opened(folder.options()), sale(uuid(1)));
    }
    meddle(folder.database(), "PRAGMA user_version = 1000");
    {
        EXPECT_EQ(put(*opened(folder.options()), sale(uuid(2))).number, 2);
    }
    EXPECT_TRUE(JournalReader::open(folder.options()));
    meddle(folder.database(), "UPDATE meta SET value = 999 WHERE key = 'compatible_version'");
    EXPECT_EQ(Journal::open(folder.options()).error().code, ErrorCode::kTooNew);
    EXPECT_EQ(JournalReader::open(folder.options()).error().code, ErrorCode::kTooNew);
    EXPECT_EQ(ask(folder.database(), "SELECT count(*) FROM entries"), "2");  // nothing was changed
}

TEST(Schema, SomebodyElsesFileIsLeftAlone) {  // [storage-8]
    const Folder folder;
    meddle(folder.database(), "CREATE TABLE recipes (name TEXT)");
    EXPECT_EQ(Journal::open(folder.options()).error().code, ErrorCode::kCorrupt);
    const Folder other;
    std::ofstream(other.database()) << std::string(5000, 'x');
    EXPECT_EQ(Journal::open(other.options()).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(file_text(other.database()), std::string(5000, 'x'));
}

TEST(Sealing, BodiesAreSealedWithAKeyAndComeBack) {  // [storage-10]
    const Folder folder;
    NewEntry entry = sale(uuid(1));
    entry.body = R"({"member_id":"anna-lovelace"})";
    {
        put(*opened(folder.options()), sale(uuid(9)));
    }  // before there was a key: stays readable
    {
        auto journal = opened(folder.options(kKey));
        put(*journal, entry);
        EXPECT_EQ(put(*journal, entry).acceptance, Acceptance::kDuplicate);
    }
    auto reader = reading(folder.options(kKey));
    EXPECT_EQ((*reader->entry(2).value()).body, entry.body);
    EXPECT_EQ((*reader->entry(1).value()).body, sale(uuid(9)).body);
    EXPECT_EQ(reader->verify({})->first_bad, 0);
    for (const auto& file : std::filesystem::directory_iterator(folder.path()))
        EXPECT_EQ(file_text(file.path()).find("lovelace"), std::string::npos) << file.path();
}

TEST(Sealing, AnotherKeyOrNoneIsNoticedAtOnce) {  // [storage-8] [storage-10]
    const Folder folder;
    {
        put(*opened(folder.options(kKey)), sale(uuid(1)));
    }
    EXPECT_EQ(Journal::open(folder.options(std::string(32, 'x'))).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(Journal::open(folder.options()).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(JournalReader::open(folder.options(std::string(32, 'x'))).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(Journal::open(folder.options("short")).error().code, ErrorCode::kInvalid);
    EXPECT_TRUE(Journal::open(folder.options(kKey)));
}

class Codec : public testing::TestWithParam<std::string> {};

TEST_P(Codec, GivesBackExactlyWhatItGot) {
    BodyCodec codec(GetParam());
    const Digest hash = sha256("an entry");
    std::string noise;
    for (int i = 0; i < 300; ++i) noise += static_cast<char>(sha256(std::to_string(i))[0]);
    for (const std::string& body : {std::string(), std::string("x"), std::string(1, '\0'), noise, sale(uuid(1)).body,
                                    std::string(kBodyBytesMax, 'a')}) {
        const auto stored = codec.encode(body, hash);
        ASSERT_TRUE(stored);
        EXPECT_LE(stored->size(), body.size() + 17);
        EXPECT_EQ(codec.decode(*stored, hash).value(), body);
    }
    EXPECT_EQ(codec.encode(std::string(kBodyBytesMax + 1, 'a'), hash).error().code, ErrorCode::kLimit);
}

INSTANTIATE_TEST_SUITE_P(PlainAndSealed, Codec, testing::Values(std::string(), kKey));

TEST(CodecAlone, TheDictionaryMakesASaleSmall) {
    BodyCodec codec("");
    const std::string body = sale(uuid(1)).body;
    EXPECT_LT(codec.encode(body, {})->size() * 3, body.size() * 2);
}

TEST(CodecAlone, WhatDoesNotProveItselfIsCorrupt) {
    BodyCodec codec(kKey);
    const Digest hash = sha256("an entry");
    std::string stored = codec.encode(sale(uuid(1)).body, hash).value();
    EXPECT_EQ(codec.decode(stored, sha256("another")).error().code, ErrorCode::kCorrupt);
    stored.back() ^= 1;
    EXPECT_EQ(codec.decode(stored, hash).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(codec.decode("", hash).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(codec.decode("\x7f???", hash).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(codec.decode("\x01not zstd", hash).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace tillkeeper::storage
