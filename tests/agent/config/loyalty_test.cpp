#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "agent/config/config.h"
#include "tests/agent/config/config_folder.h"

namespace tillkeeper::agent {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

class LoyaltyTableTest : public ConfigFolder {
  protected:
    LoyaltyTableTest() { write("crm.secret", "s3cret"); }

    [[nodiscard]] std::expected<Config, ConfigFaults> load(const std::string& more,
                                                           const std::string& of_destination = "") const {
        write("t.toml",
              "[store]\nid = \"0042\"\ndata = \"data\"\n[[destination]]\nname = \"crm\"\nurl = "
              "\"https://crm.example/a\"\n" +
                  of_destination + more);
        return load_config((folder_ / "t.toml").string());
    }
};

const std::string kLeases = R"([[collection]]
name = "leases"
url = "https://crm.example/leases"
record_key = "jti"
search = [{field = "member_id"}, {field = "pool"}, {field = "store"}]
[[collection]]
name = "lease_keys"
url = "https://crm.example/keys"
record_key = "kid"
)";
const std::string kLoyalty = R"([loyalty]
destination = "crm"
url = "https://crm.example/redemptions"
issuer = "https://crm.example"
key_pins = ["p"]
allowance_member = 500
allowance_store = 20000
unknown_members = true
deadline_ms = 400
[loyalty.oauth]
token_url = "https://crm.example/token"
client_id = "store-0042"
client_secret_file = "crm.secret"
)";

TEST_F(LoyaltyTableTest, EverythingIsRead) {
    const auto config = load(kLeases + kLoyalty);
    ASSERT_TRUE(config) << config.error().front();
    ASSERT_TRUE(config->loyalty);
    const auto& loyalty = *config->loyalty;
    EXPECT_EQ(loyalty.names.destination, "crm");
    EXPECT_EQ(loyalty.names.issuer, "https://crm.example");
    EXPECT_EQ(loyalty.names.key_pins, std::vector<std::string>{"p"});
    EXPECT_EQ(loyalty.allowance.member, 500);
    EXPECT_EQ(loyalty.allowance.store, 20000);
    EXPECT_TRUE(loyalty.allowance.unknown_members);
    EXPECT_EQ(loyalty.live.url, "https://crm.example/redemptions");
    EXPECT_EQ(loyalty.live.deadline, std::chrono::milliseconds(400));
    EXPECT_EQ(loyalty.live.oauth.client_secret, "s3cret");
    EXPECT_FALSE(load("")->loyalty);
}

TEST_F(LoyaltyTableTest, WhatWouldLosePointsIsAFault) {
    const auto faults = [&](const std::string& more, const std::string& of_destination = "") {
        const auto config = load(more, of_destination);
        return config ? ConfigFaults{} : config.error();
    };
    EXPECT_THAT(faults("[loyalty]\n"), UnorderedElementsAre(HasSubstr("destination")));
    EXPECT_THAT(faults("[loyalty]\ndestination = \"oms\"\n"), UnorderedElementsAre(HasSubstr("no destination")));
    EXPECT_THAT(faults("[loyalty]\ndestination = \"crm\"\n", "types = [\"sale\", \"redemption\"]\n"),
                UnorderedElementsAre(HasSubstr("\"redemption_voided\""), HasSubstr("\"lease_returned\"")));
    EXPECT_THAT(faults("[loyalty]\ndestination = \"crm\"\nurl = \"http://crm.example\"\n"),
                UnorderedElementsAre(HasSubstr("https://")));
    EXPECT_THAT(
        faults("[[collection]]\nname = \"members\"\nurl = \"https://crm.example/m\"\nrecord_key = \"member_id\"\n"
               "[loyalty]\ndestination = \"crm\"\n"),
        UnorderedElementsAre(HasSubstr("knows_deliveries_of")));
    EXPECT_THAT(faults("[[collection]]\nname = \"leases\"\nurl = \"https://crm.example/l\"\nrecord_key = \"jti\"\n"
                       "[loyalty]\ndestination = \"crm\"\n"),
                UnorderedElementsAre(HasSubstr("\"member_id\""), HasSubstr("\"pool\""), HasSubstr("\"store\""),
                                     HasSubstr("proven by it"), HasSubstr("issuer")));
    EXPECT_THAT(faults("[loyalty]\ndestination = \"crm\"\nallowance_member = -1\nallowance = 3\n"),
                UnorderedElementsAre(HasSubstr("allowance_member"), HasSubstr("allowance")));
}

}  // namespace
}  // namespace tillkeeper::agent
