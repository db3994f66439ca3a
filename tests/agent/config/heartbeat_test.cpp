#include <gmock/gmock.h>

#include "agent/config/config.h"
#include "tests/agent/config/config_folder.h"

namespace tillkeeper::agent {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;

class HeartbeatTableTest : public ConfigFolder {
  protected:
    HeartbeatTableTest() { write("hq.secret", "s3cret"); }
    [[nodiscard]] std::expected<Config, ConfigFaults> load(const std::string& more) const {
        write("t.toml",
              "[store]\nid = \"0042\"\ndata = \"data\"\n[[destination]]\nname = \"crm\"\nurl = "
              "\"https://crm.example/a\"\n" +
                  more);
        return load_config((folder_ / "t.toml").string());
    }
};

TEST_F(HeartbeatTableTest, NobodyWantsOneUnlessItIsSaid) {
    const auto config = load("");
    ASSERT_TRUE(config) << config.error().front();
    EXPECT_FALSE(config->heartbeat);
}

TEST_F(HeartbeatTableTest, IsRead) {
    const auto config = load(R"([heartbeat]
url = "https://hq.example/heartbeats"
every_s = 60
[heartbeat.oauth]
token_url = "https://hq.example/token"
client_id = "store-0042"
client_secret_file = "hq.secret"
)");
    ASSERT_TRUE(config) << config.error().front();
    ASSERT_TRUE(config->heartbeat);
    EXPECT_EQ(config->heartbeat->url, "https://hq.example/heartbeats");
    EXPECT_EQ(config->heartbeat->every, 60s);
    EXPECT_EQ(config->heartbeat->oauth.client_secret, "s3cret");
}

TEST_F(HeartbeatTableTest, FaultsAreNamed) {
    for (const auto& [table, fault] : std::vector<std::pair<std::string, std::string>>{
             {"heartbeat = 1", "must be a table"},
             {"[heartbeat]", "url"},
             {"[heartbeat]\nurl = \"http://hq.example/\"", "https"},
             {"[heartbeat]\nurl = \"https://hq.example/\"\nevery_s = 0", "every_s"},
             {"[heartbeat]\nurl = \"https://hq.example/\"\nevery = 9", "every"}}) {
        const auto config = table.starts_with('[') ? load(table) : [&] {
            write("t.toml", table + "\n[store]\nid = \"0042\"\ndata = \"data\"\n");
            return load_config((folder_ / "t.toml").string());
        }();
        ASSERT_FALSE(config) << table;
        EXPECT_THAT(config.error(), Contains(HasSubstr(fault))) << table;
    }
}

TEST_F(HeartbeatTableTest, TheFilesAreKnownByTheirHashes) {
    const auto one = load("");
    const auto same = load("");
    const auto other = load("# another word\n");
    ASSERT_TRUE(one && same && other);
    ASSERT_EQ(one->files.size(), 1U);
    EXPECT_EQ(one->files.at("t.toml").size(), 16U);
    EXPECT_EQ(one->files, same->files);
    EXPECT_NE(one->files, other->files);
    std::filesystem::create_directory(folder_ / "t.d");
    write("t.d/10.toml", "");
    EXPECT_EQ(load("")->files.size(), 2U);
    EXPECT_TRUE(load("")->files.contains("t.d/10.toml"));
}

}  // namespace
}  // namespace tillkeeper::agent
