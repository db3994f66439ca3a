// The disk keeps what it must and loses what it may. What the crash tests say is worth as much as this.
#include "tests/disk/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/fakes/seeded_random.h"

namespace tillkeeper::disk {
namespace {

using fakes::SeededRandom;
using testing::IsEmpty;

// A file of the disk, as SQLite would use it.
class OpenFile {
  public:
    OpenFile(const Disk& disk, const char* path, int type = SQLITE_OPEN_SUPER_JOURNAL, bool write = true)
        : vfs_(sqlite3_vfs_find(disk.vfs().c_str())), name_(sqlite3_create_filename(path, "", "", 0, nullptr)) {
        memory_.resize(static_cast<std::size_t>(vfs_->szOsFile));
        const int access = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
        opened = vfs_->xOpen(vfs_, name_, file(), type | access, nullptr);
    }
    ~OpenFile() {
        if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
        sqlite3_free_filename(name_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    [[nodiscard]] int write(const std::string& text, std::int64_t at = 0) {
        return file()->pMethods->xWrite(file(), text.data(), static_cast<int>(text.size()), at);
    }
    [[nodiscard]] int sync() { return file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL); }
    [[nodiscard]] int lock(int level) { return file()->pMethods->xLock(file(), level); }
    [[nodiscard]] std::string read(int bytes) {
        std::string text(static_cast<std::size_t>(bytes), '?');
        const int code = file()->pMethods->xRead(file(), text.data(), bytes, 0);
        return code == SQLITE_OK ? text : "error " + std::to_string(code);
    }
    sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
    int opened = SQLITE_OK;

  private:
    sqlite3_vfs* vfs_;
    const char* name_;
    std::vector<char> memory_;
};

class Disks : public testing::Test {
  protected:
    SeededRandom random_{7};
    Disk disk_{random_};
};

TEST_F(Disks, KeepsWhatWasSyncedInEveryShape) {
    for (int shape = 0; shape < kShapes; ++shape) {
        SeededRandom random(static_cast<std::uint64_t>(shape));
        Disk disk(random);
        OpenFile file(disk, "a-wal");
        EXPECT_EQ(file.write(std::string(9000, 's')), SQLITE_OK);
        EXPECT_EQ(file.sync(), SQLITE_OK);
        EXPECT_EQ(file.write(std::string(9000, 'u'), 9000), SQLITE_OK);
        disk.cut_power(static_cast<Shape>(shape));
        ASSERT_TRUE(disk.bytes("a-wal"));
        EXPECT_EQ(disk.bytes("a-wal")->substr(0, 9000), std::string(9000, 's')) << shape;
        EXPECT_NE(file.read(10), std::string(10, 's')) << "an open file survived the power cut";
    }
}

TEST_F(Disks, LosesTearsAndSpoilsWhatWasNot) {
    bool lost = false;
    bool torn = false;
    bool holes = false;
    bool noise = false;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        SeededRandom random(seed);
        Disk disk(random);
        OpenFile file(disk, "a-wal");
        EXPECT_EQ(file.sync(), SQLITE_OK);
        for (int i = 0; i < 4; ++i) EXPECT_EQ(file.write(std::string(2048, 'u'), i * 2048), SQLITE_OK);
        disk.cut_power(static_cast<Shape>(seed % kShapes));
        const std::string left = *disk.bytes("a-wal");
        const auto written = static_cast<std::size_t>(std::ranges::count(left, 'u'));
        lost |= left.empty();
        torn |= written == left.size() && left.size() % 2048 != 0;
        holes |= left.find(std::string(512, '\0') + "u") != std::string::npos;
        noise |= left.find_first_not_of(std::string("u\0", 2)) != std::string::npos;
    }
    EXPECT_TRUE(lost && torn && holes && noise) << lost << torn << holes << noise;
}

TEST_F(Disks, AFileLastsWhenItsFolderWasSynced) {
    OpenFile database(disk_, "a", SQLITE_OPEN_MAIN_DB);
    EXPECT_EQ(database.write("bytes"), SQLITE_OK);
    EXPECT_EQ(database.sync(), SQLITE_OK);
    const Contents before = disk_.contents();
    disk_.cut_power(Shape::kRevertedCreates);
    EXPECT_FALSE(disk_.bytes("a"));
    disk_.put(before);
    OpenFile log(disk_, "a-wal");
    EXPECT_EQ(log.sync(), SQLITE_OK);
    disk_.cut_power(Shape::kNothingUnsynced);
    EXPECT_EQ(disk_.bytes("a"), "bytes");
}

TEST_F(Disks, AFailedSyncForgetsThatTheDataIsDirty) {
    OpenFile file(disk_, "a-wal");
    EXPECT_EQ(file.sync(), SQLITE_OK);
    bool lost = false;
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(file.write(std::string(4096, static_cast<char>('a' + i))), SQLITE_OK);
        disk_.fail(Call::kSync);
        EXPECT_NE(file.sync(), SQLITE_OK);
        EXPECT_EQ(file.sync(), SQLITE_OK) << "the second sync claims success: that is the trap";
        EXPECT_EQ(file.read(3), std::string(3, static_cast<char>('a' + i)));
        Contents after = disk_.contents();
        after.cut_power(Shape::kEverything, random_);
        std::string kept(3, '?');
        after.cached(after.find("a-wal")).read(kept.data(), 3, 0);
        lost |= kept != std::string(3, static_cast<char>('a' + i));
    }
    EXPECT_TRUE(lost);
    EXPECT_EQ(file.write(std::string(4096, 'Z')), SQLITE_OK);
    EXPECT_EQ(file.sync(), SQLITE_OK);
    disk_.cut_power(Shape::kNothingUnsynced);
    EXPECT_EQ(disk_.bytes("a-wal"), std::string(4096, 'Z'));
}

TEST_F(Disks, LyingSyncsKeepNothing) {
    OpenFile file(disk_, "a-wal");
    EXPECT_EQ(file.sync(), SQLITE_OK);
    disk_.lie_about_syncs(true);
    EXPECT_EQ(file.write("bytes"), SQLITE_OK);
    EXPECT_EQ(file.sync(), SQLITE_OK);
    disk_.cut_power(Shape::kNothingUnsynced);
    EXPECT_EQ(disk_.bytes("a-wal"), "");
}

TEST_F(Disks, DeathStopsEverythingAndAKillKeepsTheCache) {
    OpenFile file(disk_, "a-wal");
    EXPECT_EQ(file.write("one"), SQLITE_OK);
    disk_.freeze_after(2);
    EXPECT_EQ(file.write("two", 3), SQLITE_OK);
    EXPECT_FALSE(disk_.frozen());
    EXPECT_NE(file.write("three", 6), SQLITE_OK);
    EXPECT_TRUE(disk_.frozen());
    EXPECT_NE(file.sync(), SQLITE_OK);
    disk_.restart_process();
    EXPECT_EQ(disk_.bytes("a-wal"), "onetwo");
    EXPECT_NE(file.write("late", 0), SQLITE_OK) << "a dead process writes";
    OpenFile again(disk_, "a-wal");
    EXPECT_EQ(again.read(6), "onetwo");
}

TEST_F(Disks, LocksExcludeAndEndWithTheProcess) {
    OpenFile one(disk_, "lock", SQLITE_OPEN_MAIN_DB);
    OpenFile two(disk_, "lock", SQLITE_OPEN_MAIN_DB);
    EXPECT_EQ(one.lock(SQLITE_LOCK_SHARED), SQLITE_OK);
    EXPECT_EQ(one.lock(SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
    EXPECT_EQ(two.lock(SQLITE_LOCK_SHARED), SQLITE_BUSY);
    disk_.restart_process();
    OpenFile three(disk_, "lock", SQLITE_OPEN_MAIN_DB);
    EXPECT_EQ(three.lock(SQLITE_LOCK_SHARED), SQLITE_OK);
    EXPECT_EQ(three.lock(SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
}

TEST_F(Disks, FailsWhenToldFillsUpAndBecomesReadOnly) {
    OpenFile file(disk_, "a-wal");
    disk_.fail(Call::kWrite, 2);
    EXPECT_EQ(file.write("1"), SQLITE_OK);
    EXPECT_EQ(file.write("2"), SQLITE_IOERR_WRITE);
    EXPECT_EQ(file.write("3"), SQLITE_OK);
    disk_.fail(Call::kAny, 1, true);
    EXPECT_EQ(file.write("4"), SQLITE_IOERR_WRITE);
    EXPECT_NE(file.sync(), SQLITE_OK);
    disk_.heal();
    disk_.limit(5000);
    EXPECT_EQ(file.write(std::string(5000, 'x')), SQLITE_FULL);
    EXPECT_EQ(file.write(std::string(800, 'x')), SQLITE_OK);
    disk_.limit({});
    disk_.read_only(true);
    EXPECT_EQ(file.write("5"), SQLITE_IOERR_WRITE);
    const OpenFile none(disk_, "b");
    EXPECT_EQ(none.opened, SQLITE_CANTOPEN);
}

TEST_F(Disks, SeesWhoBreaksTheRules) {
    OpenFile reader(disk_, "a", SQLITE_OPEN_MAIN_DB);
    EXPECT_THAT(disk_.violations(), IsEmpty());
    EXPECT_EQ(reader.write("x"), SQLITE_OK);
    OpenFile second(disk_, "a", SQLITE_OPEN_MAIN_DB);
    EXPECT_EQ(second.write("x"), SQLITE_OK);
    EXPECT_EQ(disk_.violations().size(), 1U);
    OpenFile third(disk_, "a", SQLITE_OPEN_MAIN_DB, false);
    EXPECT_NE(third.write("x"), SQLITE_OK);
    EXPECT_EQ(disk_.violations().size(), 2U);
    OpenFile log(disk_, "a-wal");
    EXPECT_EQ(log.write("frames"), SQLITE_OK);
    EXPECT_EQ(reader.write("x"), SQLITE_OK);
    EXPECT_EQ(disk_.violations().size(), 3U);
}

TEST_F(Disks, TheSameSeedLosesTheSame) {
    const auto left_by = [](std::uint64_t seed) {
        SeededRandom random(seed);
        Disk disk(random);
        OpenFile file(disk, "a-wal");
        EXPECT_EQ(file.sync(), SQLITE_OK);
        for (int i = 0; i < 20; ++i) EXPECT_EQ(file.write(std::string(700, static_cast<char>('a' + i)), i * 500), 0);
        disk.cut_power(Shape::kGarbageInTorn);
        return *disk.bytes("a-wal");
    };
    EXPECT_EQ(left_by(5), left_by(5));
    EXPECT_NE(left_by(5), left_by(6));
}

}  // namespace
}  // namespace tillkeeper::disk
