// What the file tells nobody, and what is nowhere any more. [storage-12]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/fakes/fake_device.h"
#include "tests/storage/mirror_desk.h"

namespace tillkeeper::storage {
namespace {

const std::string kKey(32, 'k');
const std::string kOther(32, 'o');

std::string all_bytes(const std::string& folder) {
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        std::ifstream in(file.path(), std::ios::binary);
        all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
}

std::string bytes_of_hex(const std::string& hex) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
    return bytes;
}

class MirrorPrivacy : public testing::TestWithParam<std::string> {
  protected:
    [[nodiscard]] std::string database() const { return folder_.path() + "/mirrors.db"; }
    [[nodiscard]] std::string stored(const std::string& column, const std::string& where) const {
        return bytes_of_hex(ask(database(), "SELECT hex(" + column + ") FROM records WHERE " + where));
    }
    Folder folder_;
    MirrorOptions options_ = mirror_options(folder_.path(), GetParam());
    std::unique_ptr<Mirrors> mirrors_ = open_mirrors(options_);
};

TEST_P(MirrorPrivacy, NoNameNoTelephoneNoCard) {  // [storage-12]
    pull(*mirrors_, true, {member("customer-17850", "10", "4930555123")}, 1);
    must(mirrors_->put("members", member("customer-17851", "10", "4930555124"), at_hour(2)));
    must(mirrors_->begin("members", {.full = true}));
    must(mirrors_->apply("members", std::vector{member("customer-17852", "10", "4930555125")}, ""));
    must(mirrors_->add_movement("members", "customer-17853", 3, -50));
    ASSERT_TRUE(mirrors_->defer(
        {.till = "t1", .collection = "members", .request = R"({"by":{"phone":"4930555126"}})", .since = at_hour(1)}));
    const std::string all = all_bytes(folder_.path());
    for (const auto* text : {"Lovelace", "customer-1785", "555123", "555124", "555125", "555126", "294930"})
        EXPECT_EQ(all.find(text), std::string::npos) << text;
    EXPECT_EQ(all.find(kKey), std::string::npos);
}

// What an erased person's record lay as is known here, so that sealing does not hide that it is still there.
TEST_P(MirrorPrivacy, AnErasedPersonIsInNoByteOfIt) {  // [storage-12]
    std::vector<MirrorRow> rows;
    for (int i = 0; i < 300; ++i) rows.push_back(member(std::to_string(i), "1", "49" + std::to_string(i)));
    pull(*mirrors_, true, rows, 1);
    pull(*mirrors_, false, {member("7", "2", "49seven")}, 2);
    pull(*mirrors_, false, {member("7", "3", "49seven")}, 2);  // the same search keys: only its text is written
    must(mirrors_->put("members", member("7", "4", "49seven"), at_hour(3)));
    must(mirrors_->add_movement("members", "7", 5, -1));
    ASSERT_TRUE(mirrors_->defer({.till = "t", .collection = "members", .request = R"({"key":"7"})", .since = {}}));
    ASSERT_TRUE(mirrors_->defer({.till = "t", .collection = "members", .request = R"({"key":"77"})", .since = {}}));
    const std::string hers = "substr(hashes, 1, 16) = (SELECT substr(hashes, 1, 16) FROM records WHERE as_of NOTNULL)";
    std::vector<std::string> needles;
    for (const auto* run : {"0", "1", "2"}) {
        const std::string one = hers + " ORDER BY id LIMIT 1 OFFSET " + run;
        needles.push_back(stored("body", one));
        ASSERT_GT(needles.back().size(), 20U);
        const std::string hashes = stored("hashes", one);
        for (std::size_t at = 0; at < hashes.size(); at += 16) needles.push_back(hashes.substr(at, 16));
    }
    needles.push_back(bytes_of_hex(ask(database(), "SELECT hex(body) FROM overlay")));
    ASSERT_GT(needles.back().size(), 20U);
    const std::string before = all_bytes(folder_.path());
    for (const auto& needle : needles) EXPECT_NE(before.find(needle), std::string::npos);
    EXPECT_EQ(mirrors_->erase("members", "7").value(), 1);
    auto reader = read_mirrors(options_);
    EXPECT_EQ(points(*reader, "7") + keys_found(*reader, {"phone", "49seven"}), "");
    EXPECT_EQ(points(*reader, "8"), "1");
    EXPECT_EQ(reader->state("members")->records, 299);
    tidy_up(*mirrors_);
    const std::string all = all_bytes(folder_.path());
    for (const auto& needle : needles) EXPECT_EQ(all.find(needle), std::string::npos) << needle.size();
    EXPECT_EQ(mirrors_->deferred(0, 9)->size(), 1U);
    EXPECT_EQ(reader->moved("members", "7", 0).value(), 0);
    EXPECT_EQ(mirrors_->erase("members", "7").value(), 0);
    EXPECT_EQ(mirrors_->erase("nowhere", "7").value(), 0);
}

TEST_P(MirrorPrivacy, AnErasureInTheMiddleOfARunOfChanges) {  // [storage-12]
    pull(*mirrors_, true, {member("7", "1"), member("8", "1")}, 1);
    must(mirrors_->begin("members", {.full = false, .started = at_hour(2)}));
    must(mirrors_->apply("members", std::vector{member("7", "2"), member("9", "2")}, "p2"));
    EXPECT_EQ(mirrors_->erase("members", "7").value(), 1);
    EXPECT_EQ(mirrors_->erase("members", "9").value(), 0);
    must(mirrors_->apply("members", std::vector{member("10", "2")}, ""));
    must(mirrors_->finish("members", "c", ""));
    tidy_up(*mirrors_);
    auto reader = read_mirrors(options_);
    EXPECT_EQ(points(*reader, "7") + points(*reader, "9"), "");
    EXPECT_EQ(points(*reader, "8") + points(*reader, "10"), "12");
    EXPECT_EQ(reader->state("members")->records, 2);
}

INSTANTIATE_TEST_SUITE_P(PlainAndSealed, MirrorPrivacy, testing::Values(std::string(), kKey));

TEST(MirrorKeys, AnotherKeyOnlySealsTheFilesOwn) {  // [storage-12]
    const Folder folder;
    auto mirrors = open_mirrors(mirror_options(folder.path(), kKey));
    pull(*mirrors, true, {member("1", "10", "111")}, 1);
    auto reader = read_mirrors(mirror_options(folder.path(), kKey));
    const std::string sealed = ask(folder.path() + "/mirrors.db", "SELECT value FROM meta WHERE key = 'data_key'");
    must(mirrors->change_key(kOther));
    tidy_up(*mirrors);
    EXPECT_EQ(all_bytes(folder.path()).find(sealed), std::string::npos);
    EXPECT_EQ(points(*reader, "1"), "10") << "a reader that was open goes on";
    mirrors.reset();
    mirrors = open_mirrors(mirror_options(folder.path(), kOther));
    EXPECT_EQ(points(*read_mirrors(mirror_options(folder.path(), kOther)), "1"), "10");
    EXPECT_EQ(MirrorReader::open(mirror_options(folder.path(), kKey)).error().code, ErrorCode::kCorrupt);
}

TEST(MirrorKeys, AKeyThatComesLaterSealsWhatLayPlain) {  // [storage-12]
    const Folder folder;
    auto mirrors = open_mirrors(mirror_options(folder.path()));
    pull(*mirrors, true, {member("1", "10", "111")}, 1);
    const std::string plain = ask(folder.path() + "/mirrors.db", "SELECT value FROM meta WHERE key = 'data_key'");
    EXPECT_EQ(plain.size(), 64U);
    mirrors.reset();
    mirrors = open_mirrors(mirror_options(folder.path(), kKey));
    tidy_up(*mirrors);
    EXPECT_EQ(all_bytes(folder.path()).find(plain), std::string::npos);
    EXPECT_EQ(points(*read_mirrors(mirror_options(folder.path(), kKey)), "1"), "10");
    // An older key opens it, and is needed no more.
    MirrorOptions rotated = mirror_options(folder.path(), kOther);
    rotated.older_keys = {kKey};
    mirrors.reset();
    mirrors = open_mirrors(rotated);
    EXPECT_EQ(points(*read_mirrors(mirror_options(folder.path(), kOther)), "1"), "10");
    EXPECT_EQ(MirrorReader::open(mirror_options(folder.path(), "short")).error().code, ErrorCode::kInvalid);
}

class MirrorAnew : public testing::Test {
  protected:
    void SetUp() override {
        auto mirrors = open_mirrors(mirror_options(folder_.path(), kKey));
        std::vector<MirrorRow> rows;
        for (int i = 0; i < 500; ++i) rows.push_back(member(std::to_string(i), "1", std::to_string(i)));
        pull(*mirrors, true, rows, 1);
        tidy_up(*mirrors);
        mirrors.reset();
        meddle(folder_.path() + "/mirrors.db", "PRAGMA wal_checkpoint(TRUNCATE)");
    }
    void expect_anew(const MirrorOptions& options, const std::string& why) {
        std::string anew;
        auto mirrors = Mirrors::open(options, anew);
        ASSERT_TRUE(mirrors) << mirrors.error().message;
        EXPECT_THAT(anew, testing::HasSubstr(why));
        EXPECT_TRUE((*mirrors)->collections()->empty());
        pull(**mirrors, true, {member("1", "10")}, 1);
        EXPECT_EQ(points(*read_mirrors(options), "1"), "10");
        mirrors->reset();
        mirrors = Mirrors::open(options, anew);
        EXPECT_EQ(anew, "");
    }
    void spoil(std::streamoff at, std::size_t bytes) {
        std::fstream file(folder_.path() + "/mirrors.db", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(at);
        file << std::string(bytes, 'x');
    }
    Folder folder_;
    MirrorOptions options_ = mirror_options(folder_.path(), kKey);
};

TEST_F(MirrorAnew, AnotherKey) {
    expect_anew(mirror_options(folder_.path(), kOther), "another key");
}
TEST_F(MirrorAnew, NoKey) {
    expect_anew(mirror_options(folder_.path()), "another key");
}
TEST_F(MirrorAnew, ANewerProgram) {
    meddle(folder_.path() + "/mirrors.db", "PRAGMA user_version = 99");
    expect_anew(options_, "newer program");
}
TEST_F(MirrorAnew, SomebodyElsesFile) {
    meddle(folder_.path() + "/mirrors.db", "PRAGMA application_id = 5");
    expect_anew(options_, "another program");
}
TEST_F(MirrorAnew, ADamagedHead) {
    spoil(0, 100);
    expect_anew(options_, "mirrors");
}
TEST_F(MirrorAnew, ADamageThatShowsLater) {
    const auto pages = std::stoll(ask(folder_.path() + "/mirrors.db", "PRAGMA page_count"));
    for (auto page = pages / 2; page < pages; ++page) spoil(page * 4096, 4096);
    auto mirrors = open_mirrors(options_);
    auto reader = read_mirrors(options_);
    bool seen = false;
    for (int i = 0; i < 500; ++i) {
        auto hit = reader->get("members", std::to_string(i));
        seen = seen || (!hit && hit.error().code == ErrorCode::kCorrupt);
    }
    EXPECT_TRUE(seen);
    must(mirrors->begin("members", {.full = false}));
    Result<void> done;
    for (int i = 0; done && i < 500; ++i)
        done = mirrors->apply("members", std::vector{member(std::to_string(i), "2")}, "");
    EXPECT_EQ(done.error().code, ErrorCode::kCorrupt);
    reader.reset();
    mirrors.reset();
    expect_anew(options_, "damaged");
}

TEST(MirrorOptions, WithoutAFileThereIsNothingToRead) {
    const Folder folder;
    EXPECT_EQ(MirrorReader::open(mirror_options(folder.path())).error().code, ErrorCode::kNotFound);
    std::string anew;
    EXPECT_EQ(Mirrors::open(mirror_options(folder.path(), "short"), anew).error().code, ErrorCode::kInvalid);
}

TEST(MirrorOptions, TheLastRoomIsLeftToSales) {
    const Folder folder;
    MirrorOptions options = mirror_options(folder.path());
    fakes::FakeDevice device;
    options.device = &device;
    auto mirrors = open_mirrors(options);
    pull(*mirrors, true, {member("1", "10")}, 1);
    must(mirrors->begin("members", {.full = true}));
    device.free_bytes = options.leave_bytes - 1;
    EXPECT_EQ(mirrors->apply("members", std::vector{member("2", "20")}, "").error().code, ErrorCode::kStorageFull);
    EXPECT_EQ(mirrors->put("members", member("2", "20"), at_hour(2)).error().code, ErrorCode::kStorageFull);
    device.free_bytes = options.leave_bytes;
    must(mirrors->apply("members", std::vector{member("2", "20")}, ""));
    must(mirrors->finish("members", "", ""));
    EXPECT_EQ(points(*read_mirrors(options), "2"), "20");
}

}  // namespace
}  // namespace tillkeeper::storage
