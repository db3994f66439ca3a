// One process at a time works in a folder, whatever became of the one before. [storage-7] [storage-8]
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>

#include "tests/storage/folder.h"

namespace tillkeeper::storage {
namespace {

// A process of its own that sells once and keeps the journal open until it is killed.
class Holder {
  public:
    explicit Holder(const JournalOptions& options) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) return;
        process_ = ::fork();
        if (process_ == 0) {
            auto journal = Journal::open(options);
            const NewEntry entry = sale(uuid(1));
            const bool sold = journal && (*journal)->commit({&entry, 1}, {});
            const char word = sold ? 'y' : 'n';
            if (::write(ends[1], &word, 1) != 1) ::_exit(1);
            while (true) ::pause();
        }
        ::close(ends[1]);
        char word = 0;
        holds_ = ::read(ends[0], &word, 1) == 1 && word == 'y';
        ::close(ends[0]);
    }
    ~Holder() { kill(); }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    [[nodiscard]] bool holds() const { return holds_; }
    void kill() {
        if (process_ <= 0) return;
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }

  private:
    pid_t process_ = 0;
    bool holds_ = false;
};

TEST(FolderLock, KeepsAnotherProcessOutUntilItIsKilled) {
    const Folder folder;
    Holder holder(folder.options());
    ASSERT_TRUE(holder.holds());
    EXPECT_EQ(Journal::open(folder.options()).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(Journal::open(folder.options()).error().code, ErrorCode::kUnavailable)
        << "the refusal took the lock away";
    holder.kill();
    EXPECT_EQ(put(*opened(folder.options()), sale(uuid(2))).number, 2);
}

TEST(FolderLock, MakesTheFolderForItsOwnerAlone) {
    const Folder folder;
    auto options = folder.options();
    options.folder += "/a/b";
    put(*opened(options), sale(uuid(1)));
    struct stat status{};
    ASSERT_EQ(::stat(options.folder.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    EXPECT_EQ(put(*opened(options), sale(uuid(2))).number, 2);
}

TEST(FolderLock, SaysWhyThereIsNoFolder) {
    auto options = Folder().options();
    options.folder = "/proc/tillkeeper";
    const auto refused = Journal::open(options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kIo);
    EXPECT_NE(refused.error().message.find("/proc/tillkeeper"), std::string::npos);
}

}  // namespace
}  // namespace tillkeeper::storage
