// The tables "basic" and "api_key": what goes with each request, and what is told when it does not fit.
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
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

class LoginTables : public ConfigFolder {
  protected:
    LoginTables() {
        write("erp.password", "pass:word\xC3\xA4\n");
        write("oms.key", "k.e-y_1\n");
    }
    [[nodiscard]] std::expected<Config, ConfigFaults> load(const std::string& lines) const {
        write("t.toml", R"([store]
id = "0042"
data = "data"
[[destination]]
name = "erp"
url = "https://erp.example/a"
)" + lines);
        return load_config((folder_ / "t.toml").string());
    }
    [[nodiscard]] HttpHeaders header(const std::string& lines) const {
        const auto config = load(lines);
        EXPECT_TRUE(config) << config.error().front();
        return config ? config->destinations.at(0).oauth.secret_header : HttpHeaders{};
    }
    [[nodiscard]] ConfigFaults faults(const std::string& lines) const {
        const auto config = load(lines);
        return config ? ConfigFaults{} : config.error();
    }
};

const std::string kBasic = R"([destination.basic]
username = "pos"
password_file = "erp.password"
)";
const std::string kApiKey = R"([destination.api_key]
header = "X-API-Key"
key_file = "oms.key"
)";

TEST_F(LoginTables, give_a_header) {
    EXPECT_THAT(header(""), IsEmpty());
    EXPECT_THAT(header(kBasic), ElementsAre(Pair("authorization", "Basic cG9zOnBhc3M6d29yZMOk")));
    EXPECT_THAT(header(kApiKey), ElementsAre(Pair("x-api-key", "k.e-y_1")));
}

TEST_F(LoginTables, are_one_at_a_time) {
    EXPECT_THAT(faults(kBasic + kApiKey), ElementsAre(HasSubstr("one of oauth, basic and api_key")));
    write("erp.secret", "s3cret\n");
    EXPECT_THAT(faults(kBasic + R"([destination.oauth]
token_url = "https://erp.example/token"
client_id = "store-0042"
client_secret_file = "erp.secret"
)"),
                ElementsAre(HasSubstr("one of oauth, basic and api_key")));
}

TEST_F(LoginTables, tell_what_does_not_fit_and_no_secret) {
    EXPECT_THAT(faults("basic = 1\n"), ElementsAre(HasSubstr("must be a table, [destination.basic]")));
    EXPECT_THAT(faults("[destination.basic]\nuser = \"pos\"\n"),
                ElementsAre(HasSubstr("username"), HasSubstr("password_file"), HasSubstr("basic.user: unknown")));
    EXPECT_THAT(faults("[destination.basic]\nusername = \"a:b\"\npassword_file = \"erp.password\"\n"),
                ElementsAre(HasSubstr("username")));
    for (const std::string name : {"host", "Content-Length", "Idempotency-Key", "proxy-authorization", "a b", ""})
        EXPECT_THAT(faults("[destination.api_key]\nheader = \"" + name + "\"\nkey_file = \"oms.key\"\n"),
                    ElementsAre(HasSubstr("header")))
            << name;
    for (const std::string secret : {"two\nlines\n", "umlaut\xC3\xA4"}) {
        write("oms.key", secret);
        EXPECT_THAT(faults(kApiKey), ElementsAre(AllOf(HasSubstr("key_file"), Not(HasSubstr(secret.substr(0, 3))))));
    }
    write("oms.key", "k", 0644);
    EXPECT_THAT(faults(kApiKey), ElementsAre(HasSubstr("oms.key")));
}

}  // namespace
}  // namespace tillkeeper::agent
