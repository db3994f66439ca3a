// The folder of parts beside the configuration file.
#include "agent/config/config_parts.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "agent/config/config.h"
#include "tests/agent/config/config_folder.h"

namespace tillkeeper::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kBase = R"([store]
data = "data"
[bus]
password_file = "bus.password"
[page]
port = 8480
language = "de"
)";
const std::string kDestination = R"(
[destination.oauth]
token_url = "https://erp.example/token"
client_id = "store-0042"
client_secret_file = "erp.secret"
)";

std::string destination(const std::string& name) {
    return "[[destination]]\nname = \"" + name + "\"\nurl = \"https://erp.example/\"" + kDestination;
}

class ConfigParts : public ConfigFolder {
  protected:
    ConfigParts() {
        write("bus.password", "secret\n");
        write("erp.secret", "s3cret");
        write("t.toml", kBase);
        std::filesystem::create_directory(folder_ / "t.d");
    }
    [[nodiscard]] auto load() const { return load_config((folder_ / "t.toml").string()); }
    [[nodiscard]] ConfigFaults faults() const {
        auto config = load();
        return config ? ConfigFaults{} : config.error();
    }
};

TEST_F(ConfigParts, AreReadInTheOrderOfTheirNamesAndTheLaterValueCounts) {
    write("t.d/20-page.toml", "[page]\nport = 2");
    write("t.d/10-store.toml", "[store]\nid = \"0042\"\n[page]\nport = 1");
    write("t.d/README", "not a part");
    const auto config = load();
    ASSERT_TRUE(config) << config.error().front();
    EXPECT_EQ(config->store_id, "0042");
    EXPECT_EQ(config->page_port, 2);
    EXPECT_EQ(config->page_language, "de") << "what a part does not name stays";
}

TEST_F(ConfigParts, BringDestinationsThatAreJoined) {
    write("t.d/1.toml", "[store]\nid = \"0042\"\n" + destination("erp"));
    write("t.d/2.toml", destination("oms") + destination("crm"));
    const auto config = load();
    ASSERT_TRUE(config) << config.error().front();
    std::vector<std::string> names;
    for (const auto& each : config->destinations) names.push_back(each.name);
    EXPECT_THAT(names, ElementsAre("erp", "oms", "crm"));
    EXPECT_EQ(config->destinations[2].oauth.client_secret, "s3cret") << "paths count from the main file's folder";
}

TEST_F(ConfigParts, AreNamedInTheirFaults) {
    write("t.d/1.toml", "[store]\nid = \"0042\"\n[page]\nportt = 1");
    write("t.d/2.toml", "[store]\nid = 42\n");
    write("t.d/3.toml", "[store\n");
    EXPECT_THAT(faults(),
                ElementsAre(HasSubstr("t.d/2.toml:2: store.id: another kind of value than in an earlier file"),
                            HasSubstr("t.d/3.toml:1: ")));
    std::filesystem::remove(folder_ / "t.d/2.toml");
    std::filesystem::remove(folder_ / "t.d/3.toml");
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("t.d/1.toml:4: page.portt: unknown")));
}

TEST_F(ConfigParts, TwoDestinationsOfOneNameAreAFault) {
    write("t.d/1.toml", "[store]\nid = \"0042\"\n" + destination("erp"));
    write("t.d/2.toml", destination("erp"));
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("t.d/2.toml:")));
}

TEST_F(ConfigParts, WithoutAStoreSayWhatToDo) {
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("this box belongs to no store yet: put its [store] id")));
}

TEST_F(ConfigParts, NeedNotBeThere) {
    std::filesystem::remove(folder_ / "t.d");
    EXPECT_EQ(parts_folder((folder_ / "t.toml").string()), "");
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("t.toml:1: store.id: missing")));
}

}  // namespace
}  // namespace tillkeeper::agent
