#include "agent/config/config.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "platform/certificates.h"
#include "tests/agent/config/config_folder.h"

namespace tillkeeper::agent {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ConfigTest : public ConfigFolder {
  protected:
    ConfigTest() {
        write("bus.password", "secret\n", 0600);
        write("erp.secret", "s3cret", 0640);
    }
    [[nodiscard]] auto load(const std::string& toml) const {
        write("t.toml", toml);
        return load_config((folder_ / "t.toml").string());
    }
    [[nodiscard]] ConfigFaults faults(const std::string& toml) const {
        auto config = load(toml);
        return config ? ConfigFaults{} : config.error();
    }
};

const std::string kGood = R"([store]
id = "0042"
data = "data"
[bus]
port = 1884
password_file = "bus.password"
[page]
port = 0
hosts = ["till-box.lan"]
language = "de"
[control]
socket = "control.sock"
[clock]
set_file = "clock.set"
[journal]
retention_days = 30
[[destination]]
name = "erp"
url = "https://erp.example/postings"
types = ["sale", "return"]
proof_by_item = true
requests_per_s = 5
bytes_per_s = 65536
reconnect_spread_s = 120
[destination.oauth]
token_url = "https://erp.example/token"
client_id = "store-0042"
client_secret_file = "erp.secret"
)";

TEST_F(ConfigTest, ReadsEverything) {
    const auto config = load(kGood);
    ASSERT_TRUE(config) << config.error().front();
    EXPECT_EQ(config->store_id, "0042");
    EXPECT_EQ(config->data_folder, (folder_ / "data").string());
    EXPECT_EQ(config->bus.port, 1884);
    EXPECT_EQ(config->bus.password, "secret");
    EXPECT_THAT(config->page_hosts, ElementsAre("till-box.lan"));
    EXPECT_EQ(config->page_language, "de");
    EXPECT_EQ(config->clock_set_file, (folder_ / "clock.set").string());
    EXPECT_EQ(config->retention, std::chrono::hours(24 * 30));
    ASSERT_EQ(config->destinations.size(), 1U);
    EXPECT_EQ(config->destinations[0].oauth.client_secret, "s3cret");
    EXPECT_THAT(config->destinations[0].types, ElementsAre("sale", "return"));
    EXPECT_EQ(config->destinations[0].pace.requests_per_s, 5);
    EXPECT_EQ(config->destinations[0].pace.bytes_per_s, 65536);
    EXPECT_EQ(config->destinations[0].pace.reconnect_spread, std::chrono::seconds(120));
}

TEST_F(ConfigTest, TellsAllFaultsAtOnceWithLineAndRemedy) {
    const auto told = faults(R"([store]
id = 42
[bus]
port = 99999
colour = "red"
[journal]
retention_days = "many"
[[destination]]
name = "ERP!"
url = "http://erp.example"
requests_per_s = 0
bytes_per_s = 100
reconnect_spread_s = 3601
)");
    const std::string file = (folder_ / "t.toml").string();
    EXPECT_THAT(told, testing::UnorderedElementsAre(
                          AllOf(HasSubstr(file + ":2:"), HasSubstr("store.id: must be text in quotes")),
                          AllOf(HasSubstr(file + ":1:"), HasSubstr("store.data: missing")),
                          AllOf(HasSubstr(file + ":4:"), HasSubstr("from 1 to 65535")),
                          AllOf(HasSubstr(file + ":5:"), HasSubstr("bus.colour: unknown")),
                          AllOf(HasSubstr(file + ":7:"), HasSubstr("whole number")),
                          AllOf(HasSubstr(file + ":9:"), HasSubstr("a-z 0-9")),
                          AllOf(HasSubstr(file + ":10:"), HasSubstr("must begin with https://")),
                          AllOf(HasSubstr(file + ":11:"), HasSubstr("from 1 to 10000")),
                          AllOf(HasSubstr(file + ":12:"), HasSubstr("from 1024 to 1073741824")),
                          AllOf(HasSubstr(file + ":13:"), HasSubstr("from 0 to 3600"))));
}

TEST_F(ConfigTest, ThePageHasACertificateAndItsKeyOrNeither) {
    constexpr WallTime kUntil = std::chrono::sys_days(std::chrono::year(2100) / 1 / 1);
    const auto one = make_authority("one", kUntil).value(), other = make_authority("other", kUntil).value();
    write("page.pem", one.certificate_pem);
    write("page.key", one.key_pem, 0600);
    write("other.key", other.key_pem, 0600);
    const auto with = [](const std::string& lines) {
        std::string toml = kGood;
        return toml.insert(toml.find("language = \"de\""), lines + "\n");
    };
    EXPECT_EQ(load(kGood)->page_identity.certificate_pem, "");
    const auto config = load(with("certificate_file = \"page.pem\"\nkey_file = \"page.key\""));
    ASSERT_TRUE(config) << config.error().front();
    EXPECT_EQ(config->page_identity.certificate_pem, one.certificate_pem);
    EXPECT_THAT(faults(with("certificate_file = \"page.pem\"")), ElementsAre(HasSubstr("page.key_file: missing")));
    EXPECT_THAT(faults(with("key_file = \"page.key\"")), ElementsAre(HasSubstr("page.certificate_file: missing")));
    EXPECT_THAT(faults(with("certificate_file = \"page.pem\"\nkey_file = \"other.key\"")),
                ElementsAre(HasSubstr("page.certificate_file: ")));
    write("page.key", one.key_pem, 0644);
    EXPECT_THAT(faults(with("certificate_file = \"page.pem\"\nkey_file = \"page.key\"")),
                ElementsAre(HasSubstr("page.key")));
}

TEST_F(ConfigTest, KnowsTheLanguagesOfThePage) {
    std::string other = kGood;
    other.replace(other.find("\"de\""), 4, "\"tlh\"");
    EXPECT_THAT(faults(other), ElementsAre(HasSubstr("page.language: one of en, de, fr, es, it")));
}

TEST_F(ConfigTest, RefusesSecretsThatEverybodyMayRead) {
    write("bus.password", "secret", 0644);
    const auto told = faults(kGood);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(told[0], AllOf(HasSubstr("chmod"), testing::Not(HasSubstr("secret\n"))));
}

TEST_F(ConfigTest, NamesFilesThatCannotBeRead) {
    std::filesystem::remove(folder_ / "erp.secret");
    EXPECT_THAT(faults(kGood), ElementsAre(AllOf(HasSubstr("client_secret_file"), HasSubstr("erp.secret"))));
    std::filesystem::create_directory(folder_ / "erp.secret");
    EXPECT_THAT(faults(kGood), ElementsAre(HasSubstr("is not a file")));
    EXPECT_THAT(load_config((folder_ / "absent.toml").string()).error(), ElementsAre(HasSubstr("absent.toml")));
}

TEST_F(ConfigTest, StepsHaveAProgramOfTheirOwn) {
    write("oms.jq", "{request: {name: \"find\"}}", 0644);
    const std::string others = kGood.substr(0, kGood.find("[[dest"));
    const std::string steps = "[[destination]]\nname = \"oms\"\nkind = \"steps\"\n";
    const std::string url = "url = \"https://oms.example/api\"\n";
    EXPECT_THAT(faults(others + steps + url + "steps_file = \"oms.jq\"\n"), IsEmpty());
    EXPECT_THAT(faults(others + steps + url), ElementsAre(HasSubstr("steps_file: missing")));
    EXPECT_THAT(
        faults(others + steps + url + "steps_file = \"oms.jq\"\nmapping_file = \"oms.jq\"\nproof_by_item = true\n"),
        ElementsAre(HasSubstr("mapping_file"), HasSubstr("proof_by_item")));
    EXPECT_THAT(faults(others + steps + "url = \"https://oms.example/api?a=b\"\nsteps_file = \"oms.jq\"\n"),
                ElementsAre(HasSubstr("neither")));
    write("oms.jq", "{request: ", 0644);
    write("t.toml", others + steps + url + "steps_file = \"oms.jq\"\n");
    EXPECT_THAT(check_config((folder_ / "t.toml").string()).error(), ElementsAre(HasSubstr("steps_file: oms.steps")));
}

TEST_F(ConfigTest, AnEventHasOneOfThreeForms) {
    const std::string others = kGood.substr(0, kGood.find("[[dest"));
    const auto one = [&](const std::string& rest) {
        return others + "[[destination]]\nname = \"a\"\nurl = \"https://a.example\"\n" + rest;
    };
    const auto format = [&](const std::string& rest) {
        const auto config = load(one(rest));
        return config ? std::optional(config->destinations.at(0).format) : std::nullopt;
    };
    EXPECT_EQ(format(""), sync::EventFormat::kBatched);
    EXPECT_EQ(format("format = \"batched\"\n"), sync::EventFormat::kBatched);
    EXPECT_EQ(format("kind = \"cloudevents\"\nformat = \"structured\"\n"), sync::EventFormat::kStructured);
    EXPECT_EQ(format("format = \"binary\"\n"), sync::EventFormat::kBinary);
    EXPECT_EQ(format("kind = \"rest\"\n"), sync::EventFormat::kPlain);
    EXPECT_THAT(faults(one("format = \"avro\"\n")), ElementsAre(HasSubstr("format: must be")));
    EXPECT_THAT(faults(one("kind = \"rest\"\nformat = \"binary\"\n")),
                ElementsAre(HasSubstr("format: must be \"plain\" with kind = \"rest\"")));
    EXPECT_THAT(
        faults(one("kind = \"soap\"\nformat = \"avro\"\n")),
        ElementsAre(HasSubstr("kind: must be \"cloudevents\", \"rest\", \"steps\""), HasSubstr("format: must be")));
}

TEST_F(ConfigTest, ABrokerHasAddressesATopicAndALogin) {
    const std::string mqtt = kGood.substr(0, kGood.find("[[dest")) + "[[destination]]\nname = \"m\"\nkind = \"mqtt\"\n";
    const std::string topic = "topic = \"stores/{store}/{till}\"\n";
    const std::string url = "url = \"mqtts://hub.example\"\n";
    write("hub.password", "s3cret\n", 0600);
    const auto config =
        load(mqtt + topic + "url = [\"mqtts://hub.example:1234\", \"mqtts://[::1]\"]\nmqtt_version = \"3.1.1\"\n" +
             "username = \"u\"\npassword_file = \"hub.password\"\nneeds_subscriber = false\n");
    ASSERT_TRUE(config) << config.error().front();
    const auto& destination = config->destinations.at(0);
    EXPECT_THAT(destination.mqtt.addresses, ElementsAre(MqttAddress{.host = "hub.example", .port = 1234},
                                                        MqttAddress{.host = "::1", .port = 8883}));
    EXPECT_FALSE(destination.mqtt.version5);
    EXPECT_FALSE(destination.mqtt.needs_subscriber);
    EXPECT_EQ(destination.mqtt.password, "s3cret");
    EXPECT_EQ(destination.format, sync::EventFormat::kStructured);
    EXPECT_THAT(faults(mqtt + topic + url + "format = \"binary\"\n"), IsEmpty());
    EXPECT_THAT(faults(mqtt + topic + url + "format = \"binary\"\nmqtt_version = \"3.1.1\"\n"),
                ElementsAre(HasSubstr("needs MQTT 5")));
    EXPECT_THAT(faults(mqtt + topic + url + "mqtt_version = \"4\"\n"), ElementsAre(HasSubstr("mqtt_version: must")));
    EXPECT_THAT(faults(mqtt + topic + url + "password_file = \"hub.password\"\n"),
                ElementsAre(HasSubstr("username: missing")));
    EXPECT_THAT(faults(mqtt + url + "topic = \"a/#\"\n"), ElementsAre(HasSubstr("topic: must have neither wildcards")));
    EXPECT_THAT(faults(mqtt + topic), ElementsAre(HasSubstr("url: missing")));
    for (const auto* bad : {"mqtt://hub.example", "https://hub.example", "mqtts://", "mqtts://h:0", "mqtts://h:x",
                            "mqtts://a/b", "mqtts://u@h", "mqtts://[::1"})
        EXPECT_THAT(faults(mqtt + topic + "url = \"" + bad + "\"\n"),
                    ElementsAre(HasSubstr("url: must be mqtts://HOST")))
            << bad;
}

TEST_F(ConfigTest, TheExamplesOfOtherKindsCanBeLoaded) {
    for (const auto* name : {"kafka", "hub", "events"}) write(std::string(name) + ".secret", "s", 0600);
    for (const auto* name : {"kafka-rest", "mqtt", "cloudevents-binary"}) {
        std::ifstream file(std::string(TILLKEEPER_SOURCE_DIR "/sync/examples/") + name + ".toml");
        const std::string text(std::istreambuf_iterator<char>(file), {});
        EXPECT_FALSE(text.empty()) << name;
        EXPECT_THAT(faults(kGood.substr(0, kGood.find("[[dest")) + text), IsEmpty()) << name;
    }
}

TEST_F(ConfigTest, KafkaHasATopic) {
    const std::string kafka =
        kGood.substr(0, kGood.find("[[dest")) + "[[destination]]\nname = \"k\"\nkind = \"kafka-rest\"\n";
    const auto config = load(kafka + "url = \"https://kafka.example/\"\ntopic = \"store.sales_v1\"\n");
    ASSERT_TRUE(config);
    const auto& destination = config->destinations.at(0);
    EXPECT_EQ(destination.url, "https://kafka.example");
    EXPECT_EQ(destination.topic, "store.sales_v1");
    EXPECT_EQ(destination.format, sync::EventFormat::kStructured);
    EXPECT_FALSE(destination.gzip);
    const auto told = [&](const std::string& rest) {
        return faults(kafka + "url = \"https://kafka.example\"\n" + rest);
    };
    EXPECT_THAT(told("topic = \"s\"\nformat = \"plain\"\ngzip = true\n"), IsEmpty());
    EXPECT_THAT(told(""), ElementsAre(HasSubstr("topic: missing")));
    for (const auto* topic : {"a/b", "..", "a b", "\u00FC"})
        EXPECT_THAT(told(std::string("topic = \"") + topic + "\"\n"),
                    ElementsAre(HasSubstr("topic: must be 1 to 249")));
    EXPECT_THAT(told("topic = \"s\"\nformat = \"batched\"\n"), ElementsAre(HasSubstr("\"structured\" or \"plain\"")));
    EXPECT_THAT(told("topic = \"s\"\nproof_by_item = true\n"), ElementsAre(HasSubstr("answers are known")));
    EXPECT_THAT(faults(kafka + "url = \"https://kafka.example?a\"\ntopic = \"s\"\n"),
                ElementsAre(HasSubstr("neither")));
}

TEST_F(ConfigTest, SaysWhereTheGrammarBreaks) {
    EXPECT_THAT(faults("[store\nid=1"), ElementsAre(HasSubstr("t.toml:1:")));
    EXPECT_THAT(faults("store = 3"), testing::Contains(HasSubstr("must be a table")));
    EXPECT_THAT(faults("destination = 3\n" + kGood.substr(0, kGood.find("[[dest"))),
                ElementsAre(HasSubstr("[[destination]]")));
    EXPECT_THAT(faults(kGood + "surprise = 1\n"), ElementsAre(HasSubstr("destination.oauth.surprise: unknown")));
}

TEST_F(ConfigTest, TellsEachFaultInOneLineOfPlainText) {
    const auto told =
        faults(kGood + "\"a\\nfault of\\u001b[31m my own\" = 1\n\"" + std::string(9000, 'x') + "\" = 1\n");
    ASSERT_EQ(told.size(), 2U);
    for (const auto& line : told) {
        EXPECT_TRUE(std::ranges::none_of(line, [](unsigned char c) { return c < ' ' || c == 0x7F; })) << line;
        EXPECT_LT(line.size(), 1500U);
        EXPECT_THAT(line, HasSubstr("unknown; remove it or check its spelling"));
    }
}

TEST_F(ConfigTest, TakesAKeyAsHexOrRaw) {
    const auto with_key = [&](const std::string& key) {
        write("k", key, 0600);
        std::string toml = kGood;
        return load(toml.replace(toml.find("retention_days = 30"), 19, "key_file = \"k\""));
    };
    EXPECT_EQ(with_key("00" + std::string(60, 'f') + "0a\n")->journal_key, '\0' + std::string(30, '\xFF') + '\n');
    EXPECT_EQ(with_key(std::string(32, 'k'))->journal_key, std::string(32, 'k'));
    EXPECT_FALSE(with_key("short"));
}

}  // namespace
}  // namespace tillkeeper::agent
