#include "agent/cli/shown_config.h"

#include <gmock/gmock.h>

namespace tillkeeper::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ShownConfig, ShowsWhatIsHarmlessByItsName) {
    EXPECT_THAT(shown_config(R"(# a comment with hunter2
[store]
id = "0042"
[page]
port = 8480
[[destination]]
name = "erp"
types = ["sale", "return"]
gzip = true
requests_per_s = 2.5
[destination.oauth]
client_id = "hunter2"
client_secret_file = "/etc/erp.secret"
scope = "hunter2")"),
                ElementsAre(R"(destination[0].gzip = true)", R"(destination[0].name = "erp")",
                            R"(destination[0].oauth.client_id = "hidden")",
                            R"(destination[0].oauth.client_secret_file = "/etc/erp.secret")",
                            R"(destination[0].oauth.scope = "hidden")", R"(destination[0].requests_per_s = 2.5)",
                            R"(destination[0].types[0] = "sale")", R"(destination[0].types[1] = "return")",
                            R"(page.port = 8480)", R"(store.id = "0042")"));
}

TEST(ShownConfig, ShowsTelemetryWithoutItsSecret) {
    EXPECT_THAT(
        shown_config(R"([telemetry]
otlp_url = "https://anna:hunter2@collector.example:4318/hunter2"
every_s = 60
signals = ["metrics", "logs"]
ca_file = "/etc/ca.pem"
[telemetry.api_key]
header = "x-hunter2"
key_file = "/etc/collector.secret")"),
        ElementsAre(R"(telemetry.api_key.header = "hidden")", R"(telemetry.api_key.key_file = "/etc/collector.secret")",
                    R"(telemetry.ca_file = "/etc/ca.pem")", R"(telemetry.every_s = 60)",
                    R"(telemetry.otlp_url = "https://collector.example:4318")", R"(telemetry.signals[0] = "metrics")",
                    R"(telemetry.signals[1] = "logs")"));
}

TEST(ShownConfig, LeavesSchemeHostAndPortOfAnAddress) {
    const auto shown = [](const std::string& value) { return shown_config("url = \"" + value + '"').front(); };
    EXPECT_EQ(shown("https://erp.example:8443/v1/hunter2?key=hunter2#hunter2"), R"(url = "https://erp.example:8443")");
    EXPECT_EQ(shown("https://anna:hunter2@erp.example/v1"), R"(url = "https://erp.example")");
    EXPECT_EQ(shown("https://anna:hun@ter2@erp.example"), R"(url = "https://erp.example")");
    EXPECT_EQ(shown("https://erp.example?to=a@b"), R"(url = "https://erp.example")");
    EXPECT_EQ(shown("hunter2@https://erp.example"), R"(url = "hidden")");
}

// Secrets where nobody should have put them.
TEST(ShownConfig, HidesWhatStandsInTheWrongPlace) {
    for (const char* wrong :
         {R"(password = "hunter2")", R"(pin = 4711)", R"(token = [4711, "hunter2"])", R"(hunter = "hunter2")",
          R"(private_key_file = "pkcs11:token=box;pin-value=hunter2")", "key_file = \"\"\"-----BEGIN\nhunter2\"\"\"",
          R"(search = [{field = "card", value = "hunter2"}])", "hunter2 = ", "[store\nid = hunter2"})
        for (const auto& line : shown_config(wrong)) {
            EXPECT_THAT(line, Not(HasSubstr("hunter2"))) << wrong;
            EXPECT_THAT(line, Not(HasSubstr("4711"))) << wrong;
        }
}

}  // namespace
}  // namespace tillkeeper::cli
