#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "agent/config/config.h"
#include "tests/agent/config/config_folder.h"

namespace tillkeeper::agent {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class CollectionsTest : public ConfigFolder {
  protected:
    CollectionsTest() {
        write("crm.secret", "s3cret");
        write("live.jq", "{found: true, record: .body}");
        write("broken.jq", "{found: ");
    }
    [[nodiscard]] std::string file(const std::string& collections) const {
        write("t.toml", R"([store]
id = "0042"
data = "data"
[[destination]]
name = "crm"
url = "https://crm.example/a"
)" + collections);
        return (folder_ / "t.toml").string();
    }
    [[nodiscard]] ConfigFaults faults(const std::string& collections, bool tries = false) const {
        auto config = tries ? check_config(file(collections)) : load_config(file(collections));
        return config ? ConfigFaults{} : config.error();
    }
};

const std::string kMembers = R"([[collection]]
name = "members"
kind = "graphql"
format = "ndjson"
url = "https://crm.example/graphql"
query = "query($cursor: String) { changes }"
record_key = "member_id"
every_s = 60
fresh_s = 3600
keep_days = 7
page_bytes_max = 4096
request_timeout_s = 5
knows_deliveries_of = "crm"
search = [{field = "phone", member = "mobile", normal = "phone", country = "49", prefix_min = 4}, {field = "email"}]
[collection.live]
url = "https://crm.example/graphql"
query = "query($key: String) { member }"
answer_file = "live.jq"
deadline_ms = 150
missed_max = 5
[collection.oauth]
token_url = "https://crm.example/token"
client_id = "store-0042"
client_secret_file = "crm.secret"
)";

TEST_F(CollectionsTest, ReadsEverything) {
    const auto config = check_config(file(kMembers + R"([[collection]]
name = "orders"
record_key = "order_id"
live = {url = "https://oms.example/{key}"}
)"));
    ASSERT_TRUE(config) << config.error().front();
    ASSERT_EQ(config->collections.size(), 2U);
    const auto& members = config->collections[0];
    EXPECT_EQ(members.collection, "members");
    EXPECT_EQ(members.kind, sync::SourceKind::kGraphQl);
    EXPECT_EQ(members.format, sync::PageFormat::kNdjson);
    EXPECT_EQ(members.record_key, "member_id");
    EXPECT_EQ(members.every, std::chrono::minutes(1));
    EXPECT_EQ(members.fresh, std::chrono::hours(1));
    EXPECT_EQ(members.keep, std::chrono::hours(7 * 24));
    EXPECT_EQ(members.page_bytes_max, 4096U);
    EXPECT_EQ(members.knows_deliveries_of, "crm");
    EXPECT_EQ(members.oauth.client_secret, "s3cret");
    ASSERT_EQ(members.search.size(), 2U);
    EXPECT_EQ(members.search[0].member, "mobile");
    EXPECT_EQ(members.search[0].normal, sync::Normal::kPhone);
    EXPECT_EQ(members.search[0].country, "49");
    EXPECT_EQ(members.search[0].prefix_min, 4);
    EXPECT_EQ(members.search[1].member, "email");
    ASSERT_TRUE(members.live);
    EXPECT_EQ(members.live->deadline, std::chrono::milliseconds(150));
    EXPECT_EQ(members.live->missed_max, 5);
    EXPECT_EQ(members.live->answer, "{found: true, record: .body}");
    EXPECT_EQ(config->collections[1].live->deadline, std::chrono::milliseconds(300));
    EXPECT_EQ(config->collections[1].url, "");
}

TEST_F(CollectionsTest, TellsAllFaultsAtOnceWithTheirLines) {
    const auto told = faults(R"([[collection]]
name = "transactions"
url = "http://crm.example"
record_key = 7
kind = "soap"
fresh_s = 864001
keep_days = 10
knows_deliveries_of = "erp"
search = [{field = "Phone", normal = "loud", country = "+49", colour = 1}]
[collection.live]
url = "https://crm.example/members"
deadline_ms = 0
)");
    EXPECT_THAT(told,
                UnorderedElementsAre(
                    AllOf(HasSubstr("t.toml:8:"), HasSubstr("the journal itself")),
                    AllOf(HasSubstr("t.toml:9:"), HasSubstr("must begin with https://")),
                    AllOf(HasSubstr("t.toml:10:"), HasSubstr("collection.record_key: must be text")),
                    AllOf(HasSubstr("t.toml:11:"), HasSubstr("\"rest\" or \"graphql\"")),
                    AllOf(HasSubstr("t.toml:12:"), HasSubstr("longer than keep_days")),
                    AllOf(HasSubstr("t.toml:14:"), HasSubstr("no destination has this name")),
                    AllOf(HasSubstr("t.toml:15:"), HasSubstr("collection.search.field: 1 to 32 of a-z")),
                    AllOf(HasSubstr("t.toml:15:"), HasSubstr("\"text\", \"folded\", \"digits\" or \"phone\"")),
                    AllOf(HasSubstr("t.toml:15:"), HasSubstr("collection.search.country: 1 to 3 digits")),
                    AllOf(HasSubstr("t.toml:15:"), HasSubstr("collection.search.country: only with")),
                    AllOf(HasSubstr("t.toml:15:"), HasSubstr("collection.search.colour: unknown")),
                    AllOf(HasSubstr("t.toml:17:"), HasSubstr("must have {key}")),
                    AllOf(HasSubstr("t.toml:18:"), HasSubstr("collection.live.deadline_ms: must be a whole number"))));
}

TEST_F(CollectionsTest, TellsWhatIsMissingAndWhatIsGivenTwice) {
    EXPECT_THAT(faults("[[collection]]\nname = \"a\"\nrecord_key = \"k\"\n"), ElementsAre(HasSubstr("give url")));
    EXPECT_THAT(faults("[[collection]]\nname = \"a\"\nrecord_key = \"k\"\nkind = \"graphql\"\nurl = \"https://a\"\n"),
                ElementsAre(HasSubstr("collection.query: missing")));
    EXPECT_THAT(faults("[[collection]]\nname = \"a\"\nrecord_key = \"k\"\nlive = 1\n"),
                testing::Contains(HasSubstr("[collection.live]")));
    EXPECT_THAT(faults("[[collection]]\nname = \"a\"\nrecord_key = \"k\"\nurl = \"https://a\"\nsearch = 1\n"),
                ElementsAre(HasSubstr("[[collection.search]]")));
    const std::string one = "[[collection]]\nname = \"a\"\nrecord_key = \"k\"\nurl = \"https://a\"\n";
    EXPECT_THAT(faults(one + one), ElementsAre(AllOf(HasSubstr("t.toml:12:"), HasSubstr("given twice"))));
    EXPECT_THAT(faults("collection = 1\n"), testing::Contains(HasSubstr("collection: unknown")));
    std::string many;
    for (int i = 0; i < 33; ++i) many += one;
    EXPECT_THAT(faults(many), ElementsAre(HasSubstr("collection: at most 32")));
}

TEST_F(CollectionsTest, TriesProgramsOnlyWhenAsked) {
    std::string toml = kMembers;
    toml.replace(toml.find("live.jq"), 7, "broken.jq");
    EXPECT_THAT(faults(toml), ElementsAre());
    EXPECT_THAT(faults(toml, true), ElementsAre(HasSubstr("collection.live.answer_file")));
}

// What is shipped as an example is read without a fault, but for the secrets that nobody ships.
TEST_F(CollectionsTest, ExamplesAreInOrder) {
    const auto config = check_config(TILLKEEPER_SOURCE_DIR "/packaging/examples/tillkeeper.toml");
    ASSERT_FALSE(config);
    for (const auto& fault : config.error())
        EXPECT_THAT(fault, testing::AnyOf(HasSubstr(".secret"), HasSubstr("oms.key"), HasSubstr("bus.password")));
}

TEST_F(CollectionsTest, KeysThatCannotBeUsedAreFoundWhenTried) {  // [agent-12]
    write("bad.pem", "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n");
    const std::string login = R"(auth = "private_key_jwt"
token_url = "https://crm.example/token"
client_id = "store"
private_key_file = "bad.pem"
)";
    const std::string members =
        "[[collection]]\nname = \"members\"\nurl = \"https://crm.example/m\"\n"
        "record_key = \"member_id\"\nknows_deliveries_of = \"crm\"\n[collection.oauth]\n";
    const std::string loyalty = "[loyalty]\ndestination = \"crm\"\nurl = \"https://crm.example/r\"\n[loyalty.oauth]\n";
    EXPECT_THAT(faults(members + login), testing::IsEmpty());
    EXPECT_THAT(faults(members + login, true), ElementsAre(HasSubstr("collection.oauth")));
    EXPECT_THAT(faults(loyalty + login, true), ElementsAre(HasSubstr("loyalty.oauth")));
}

}  // namespace
}  // namespace tillkeeper::agent
