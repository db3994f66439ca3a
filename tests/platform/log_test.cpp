// [platform-7] Where lines of the log go, and what the journal and an observer get of them.
#include "platform/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/linux-arm/journal_log.h"
#include "platform/linux-arm/journal_stream.h"

namespace tillkeeper {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string name_of(int descriptor) {
    struct stat status{};
    EXPECT_EQ(fstat(descriptor, &status), 0);
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

class Journal : public testing::Test {
  protected:
    Journal() { EXPECT_EQ(pipe2(pipe_, O_CLOEXEC), 0); }
    ~Journal() override {
        close(pipe_[0]);
        close(pipe_[1]);
    }
    int pipe_[2]{};
};

TEST_F(Journal, IsWhereTheEnvironmentSaysThatItIs) {
    const std::string named = name_of(pipe_[1]);
    EXPECT_TRUE(leads_to_journal(named.c_str(), pipe_[1]));
    EXPECT_FALSE(leads_to_journal(nullptr, pipe_[1])) << "no systemd";
    EXPECT_FALSE(leads_to_journal("", pipe_[1]));
    EXPECT_FALSE(leads_to_journal((named + "0").c_str(), pipe_[1]));
    const int redirected = open("/dev/null", O_WRONLY | O_CLOEXEC);
    EXPECT_FALSE(leads_to_journal(named.c_str(), redirected));
    close(redirected);
    EXPECT_FALSE(leads_to_journal(named.c_str(), redirected)) << "closed";
}

TEST(JournalFields, AreTheLineAndEachFieldForItself) {
    EXPECT_THAT(journal_fields(LogLevel::kWarning, "deliveries wait",
                               {{"destination", "erp"}, {"reason", "two\nlines = \"one\""}, {"count", 3}},
                               "warning deliveries wait ...", "tillkeeperd"),
                ElementsAre("MESSAGE=warning deliveries wait ...", "PRIORITY=4", "SYSLOG_IDENTIFIER=tillkeeperd",
                            "TILLKEEPER_EVENT=deliveries wait", "TILLKEEPER_DESTINATION=erp",
                            "TILLKEEPER_REASON=two\nlines = \"one\"", "TILLKEEPER_COUNT=3"));
    EXPECT_THAT(journal_fields(LogLevel::kError, "x", {}, "error x", "p"),
                ElementsAre("MESSAGE=error x", "PRIORITY=3", "SYSLOG_IDENTIFIER=p", "TILLKEEPER_EVENT=x"));
}

TEST(JournalFields, HaveNamesAndLengthsThatTheJournalTakes) {
    const std::string key = "page-port.2" + std::string(100, 'k');
    const auto fields = journal_fields(LogLevel::kInfo, "x", {{key, std::string(5000, 'v')}}, "", "p");
    const auto& last = fields.back();
    const auto name = last.substr(0, last.find('='));
    EXPECT_EQ(name, "TILLKEEPER_PAGE_PORT_2" + std::string(42, 'K'));
    EXPECT_EQ(last.size() - name.size() - 1, kLogValueBytesMax);
}

// What a sink and an observer have heard.
std::string heard_line;
std::vector<std::string> observed;
bool takes_it = true;

bool hear(LogLevel level, std::string_view event, std::initializer_list<LogField> fields, std::string_view line) {
    heard_line = std::string(event) + '|' + std::to_string(fields.size()) + '|' + std::string(to_string(level)) + '|' +
                 std::string(line);
    return takes_it;
}

class Observer final : public LogObserver {
  public:
    void logged(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
        observed.push_back(std::string(to_string(level)) + ' ' + std::string(event));
        for (const auto& field : fields) observed.back().append(" ").append(field.key).append(field.value);
    }
};

class Lines : public testing::Test {
  protected:
    ~Lines() override {
        set_log_sink(nullptr);
        observe_log(nullptr);
    }
    static std::string stderr_of(LogLevel level) {
        testing::internal::CaptureStderr();
        log(level, "something happened", {{"key", "a b"}});
        return testing::internal::GetCapturedStderr();
    }
};

TEST_F(Lines, GoToTheSinkOrElseToStandardError) {
    const std::string line = "notice something happened key=\"a b\"";
    EXPECT_EQ(stderr_of(LogLevel::kNotice), line + '\n');
    set_log_sink(hear);
    EXPECT_THAT(stderr_of(LogLevel::kNotice), IsEmpty());
    EXPECT_EQ(heard_line, "something happened|1|notice|" + line);
    takes_it = false;
    EXPECT_EQ(stderr_of(LogLevel::kNotice), line + '\n') << "the journal does not take it";
    heard_line.clear();
    EXPECT_THAT(stderr_of(LogLevel::kDebug), IsEmpty());
    EXPECT_THAT(heard_line, IsEmpty()) << "less important than what is logged";
}

TEST_F(Lines, AreHeardByTheObserverAsWell) {
    Observer observer;
    observed.clear();
    observe_log(&observer);
    EXPECT_THAT(stderr_of(LogLevel::kError), HasSubstr("something happened"));
    EXPECT_THAT(stderr_of(LogLevel::kDebug), IsEmpty());
    observe_log(nullptr);
    EXPECT_THAT(stderr_of(LogLevel::kError), HasSubstr("something happened"));
    EXPECT_THAT(observed, ElementsAre("error something happened keya b"));
}

}  // namespace
}  // namespace tillkeeper
