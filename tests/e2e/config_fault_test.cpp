// A faulty configuration: tillkeeperd ends with 78 and one clear line per fault, and `tillkeeper config check` says
// the same.
#include <gmock/gmock.h>
#include <sysexits.h>

#include <filesystem>
#include <sstream>

#include "tests/e2e/json.h"
#include "tests/e2e/process.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/scratch.h"

namespace tillkeeper::lab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

const std::string kSecret = "hunter2-and-more";

const std::string kGood = R"([store]
id = "0042"
data = "data"
[bus]
port = 1
password_file = "bus.password"
[page]
port = 0
[control]
socket = "control.sock"
[journal]
key_file = "journal.key"
[[destination]]
name = "erp"
url = "https://127.0.0.1:1/postings"
mapping_file = "erp.jq"
[destination.oauth]
auth = "private_key_jwt"
token_url = "https://127.0.0.1:1/token"
client_id = "store"
private_key_file = "client.key"
)";

class ConfigFault : public testing::Test {
  protected:
    void SetUp() override {
        auto made = Scratch::make("tillkeeper-config-fault");
        ASSERT_TRUE(made) << made.error().message;
        folder_.emplace(std::move(*made));
        write("bus.password", kSecret + "\n", 0600);
        write("journal.key", std::string(64, 'a'), 0600);
        write("erp.jq", "{total: .total}\n");
        const auto key = run_command({"openssl", "genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt",
                                      "ec_paramgen_curve:P-256", "-out", path("client.key")},
                                     folder_->path());
        ASSERT_TRUE(key && key->status == 0);
        write("t.toml", kGood);
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_->path() / name).string(); }
    void write(const std::string& name, const std::string& content, unsigned mode = 0644) const {
        ASSERT_TRUE(write_file(folder_->path() / name, content, mode));
    }
    // The good configuration with one change.
    void change(const std::string& from, const std::string& to) const {
        std::string text = kGood;
        write("t.toml", text.replace(text.find(from), from.size(), to));
    }
    [[nodiscard]] std::string at(int line) const { return path("t.toml") + ":" + std::to_string(line) + ": "; }

    // What the daemon says, line by line; what the command line says of the same file must be the same.
    [[nodiscard]] std::vector<std::string> faults(const std::string& file = "t.toml") const {
        const auto daemon = run_command({kAgentProgram, "--config", path(file)}, folder_->path());
        const auto check =
            run_command({kCommandProgram, "--config", path(file), "--json", "config", "check"}, folder_->path());
        EXPECT_TRUE(daemon && check);
        if (!daemon || !check) return {};
        EXPECT_EQ(daemon->status, EX_CONFIG) << daemon->errors;
        EXPECT_EQ(daemon->output, "");
        std::vector<std::string> lines;
        std::istringstream text(daemon->errors);
        for (std::string line; std::getline(text, line);) lines.push_back(line);

        EXPECT_EQ(check->status, 1);
        const auto said = Json::parse(check->output);
        EXPECT_TRUE(said.exists()) << check->output;
        EXPECT_FALSE(said["fine"].is_true());
        std::vector<std::string> told;
        for (const auto& fault : said["faults"].items()) told.push_back(fault.text());
        EXPECT_EQ(told, lines);
        EXPECT_THAT(daemon->errors + check->output + check->errors, testing::Not(HasSubstr(kSecret)));
        return lines;
    }

    std::optional<Scratch> folder_;
};

TEST_F(ConfigFault, ThereIsNoneInTheGoodOne) {
    const auto check =
        run_command({kCommandProgram, "--config", path("t.toml"), "--json", "config", "check"}, folder_->path());
    ASSERT_TRUE(check);
    EXPECT_EQ(check->status, 0) << check->output;
    EXPECT_EQ(check->output, "{\"fine\":true,\"faults\":[]}\n");
}

TEST_F(ConfigFault, EachWrongTypeAndUnknownKeyIsTold) {
    write("t.toml", R"([store]
id = 42
data = "data"
colour = "red"
[bus]
port = "1883"
[page]
port = 99999
[surprise]
[[destination]]
name = "erp"
url = "http://plain.example"
batch_items_max = 0
)");
    EXPECT_THAT(faults(), UnorderedElementsAre(AllOf(HasSubstr(at(2)), HasSubstr("store.id: must be text")),
                                               AllOf(HasSubstr(at(4)), HasSubstr("store.colour: unknown")),
                                               AllOf(HasSubstr(at(6)), HasSubstr("bus.port: must be a whole number")),
                                               AllOf(HasSubstr(at(8)), HasSubstr("page.port: must be a whole number")),
                                               AllOf(HasSubstr(at(9)), HasSubstr("surprise: unknown")),
                                               AllOf(HasSubstr(at(12)), HasSubstr("https://")),
                                               AllOf(HasSubstr(at(13)), HasSubstr("batch_items_max"))));
    EXPECT_FALSE(std::filesystem::exists(path("data"))) << "nothing is made before the configuration is read";
}

TEST_F(ConfigFault, AFileThatCannotBeReadIsNamed) {
    std::filesystem::remove(path("journal.key"));
    EXPECT_THAT(faults(), ElementsAre(AllOf(HasSubstr(at(12)), HasSubstr(path("journal.key")))));
    // Not even an administrator can read this one.
    std::filesystem::create_symlink("journal.key", path("journal.key"));
    EXPECT_THAT(faults(), ElementsAre(AllOf(HasSubstr(at(12)), HasSubstr(path("journal.key")))));
    std::filesystem::remove(path("journal.key"));
    std::filesystem::create_directory(path("journal.key"));
    EXPECT_THAT(faults(), ElementsAre(AllOf(HasSubstr(at(12)), HasSubstr("is not a file"))));
}

// [agent-10]
TEST_F(ConfigFault, ASecretThatEverybodyMayReadIsRefused) {
    write("bus.password", kSecret, 0644);
    EXPECT_THAT(faults(), ElementsAre(AllOf(HasSubstr(at(6)), HasSubstr("chmod o-rw " + path("bus.password")))));
    write("bus.password", kSecret, 0602);
    EXPECT_THAT(faults(), ElementsAre(HasSubstr(path("bus.password"))));
}

// [agent-10]
TEST_F(ConfigFault, AnEmptyKeyDoesNotMeanUnsealed) {
    write("journal.key", "\n", 0600);
    EXPECT_THAT(faults(), ElementsAre(AllOf(HasSubstr(at(12)), HasSubstr("is empty"))));
    write("journal.key", kSecret, 0600);
    EXPECT_THAT(faults(), ElementsAre(AllOf(HasSubstr(at(12)), HasSubstr("64 hex digits"))));
}

TEST_F(ConfigFault, AMissingFileIsOneLine) {
    EXPECT_THAT(faults("absent.toml"), ElementsAre(HasSubstr(path("absent.toml"))));
    change(R"("erp.jq")", R"("absent.jq")");
    EXPECT_THAT(faults(), ElementsAre(AllOf(HasSubstr(at(16)), HasSubstr(path("absent.jq")))));
}

TEST_F(ConfigFault, BrokenGrammarIsToldWithItsLine) {
    change("port = 1", "port = = 1");
    EXPECT_THAT(faults(), ElementsAre(HasSubstr(at(5))));
    change("name = \"erp\"", "password = \"" + kSecret);
    EXPECT_THAT(faults(), ElementsAre(HasSubstr(at(14))));
}

TEST_F(ConfigFault, AProgramThatDoesNotCompileIsOneLine) {
    write("erp.jq", "{total: .total\n  | nonsense(1;;}\n");
    EXPECT_THAT(faults(), ElementsAre(AllOf(HasSubstr(at(16)), HasSubstr("destination.mapping_file: erp.mapping"))));
}

// [agent-10]
TEST_F(ConfigFault, AKeyThatCannotBeUsedIsToldAndNotShown) {
    write("client.key", "-----BEGIN PRIVATE KEY-----\n" + kSecret + "\n-----END PRIVATE KEY-----\n", 0600);
    EXPECT_THAT(faults(), ElementsAre(AllOf(HasSubstr(at(17)), HasSubstr("private key"))));
    const auto made = run_command({"openssl", "genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt",
                                   "ec_paramgen_curve:secp384r1", "-out", path("client.key")},
                                  folder_->path());
    ASSERT_TRUE(made && made->status == 0);
    EXPECT_THAT(faults(), ElementsAre(AllOf(HasSubstr(at(17)), HasSubstr("P-256"))));
}

TEST_F(ConfigFault, FaultsOfBothKindsAreToldAtOnce) {
    write("erp.jq", "{");
    write("client.key", "nothing", 0600);
    change("port = 1", "port = 0");
    EXPECT_THAT(faults(), UnorderedElementsAre(HasSubstr(at(5)), HasSubstr(at(16)), HasSubstr(at(17))));
}

// A command that cannot read the configuration does not ask whoever listens at the usual place.
TEST_F(ConfigFault, CommandsNameTheFaultAsWell) {
    write("t.toml", "nonsense\n");
    for (const auto* command : {"status", "verify", "doctor"}) {
        const auto result = run_command({kCommandProgram, "--config", path("t.toml"), command}, folder_->path());
        ASSERT_TRUE(result);
        EXPECT_EQ(result->status, 1) << command;
        EXPECT_TRUE((result->errors + result->output).contains(path("t.toml") + ":1")) << command << result->errors;
    }
}

TEST_F(ConfigFault, ASecretInTheConfigurationItselfIsNotRepeated) {
    change("password_file = \"bus.password\"", "password = \"" + kSecret + "\"");
    EXPECT_THAT(faults(), ElementsAre(AllOf(HasSubstr(at(6)), HasSubstr("bus.password: unknown"))));
}

}  // namespace
}  // namespace tillkeeper::lab
