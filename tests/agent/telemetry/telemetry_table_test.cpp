// [agent-106] The table [telemetry]: off without it, safe with it.
#include <gmock/gmock.h>

#include "agent/config/config.h"
#include "tests/agent/config/config_folder.h"

namespace tillkeeper::agent {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class TelemetryTableTest : public ConfigFolder {
  protected:
    TelemetryTableTest() { write("key", "s3cret"); }

    [[nodiscard]] std::expected<Config, ConfigFaults> load(const std::string& more) const {
        write("t.toml", "[store]\nid = \"0042\"\ndata = \"data\"\n" + more);
        return load_config((folder_ / "t.toml").string());
    }
};

TEST_F(TelemetryTableTest, WithoutItNothingIsSent) {
    const auto config = load("");
    ASSERT_TRUE(config) << config.error().front();
    EXPECT_FALSE(config->telemetry);
}

TEST_F(TelemetryTableTest, EverythingIsRead) {
    const auto config = load(
        "[telemetry]\notlp_url = \"https://c.example:4318/\"\nevery_s = 15\n"
        "[telemetry.api_key]\nheader = \"X-Key\"\nkey_file = \"key\"\n");
    ASSERT_TRUE(config) << config.error().front();
    ASSERT_TRUE(config->telemetry);
    EXPECT_EQ(config->telemetry->url, "https://c.example:4318");
    EXPECT_EQ(config->telemetry->every, std::chrono::seconds(15));
    EXPECT_THAT(config->telemetry->headers, ElementsAre(Pair("x-key", "s3cret")));
}

TEST_F(TelemetryTableTest, AllSignalsAreSentUnlessSomeAreNamed) {
    const std::string table = "[telemetry]\notlp_url = \"https://c.example\"\n";
    const auto sends = [&](const std::string& more) {
        const auto config = load(table + more);
        EXPECT_TRUE(config) << config.error().front();
        std::string words;
        for (const auto signal : kTelemetrySignals)
            if (config->telemetry->sends[signal]) words.append(to_string(signal)).append(" ");
        return words;
    };
    EXPECT_EQ(sends(""), "metrics logs traces ");
    EXPECT_EQ(sends("signals = [\"traces\", \"metrics\"]\n"), "metrics traces ");
    EXPECT_EQ(sends("signals = [\"logs\"]\n"), "logs ");
}

TEST_F(TelemetryTableTest, WhatCannotBeIsAFault) {
    const auto fault = [&](const std::string& more, const char* words) {
        const auto config = load(more);
        ASSERT_FALSE(config) << more;
        EXPECT_THAT(config.error(), Contains(HasSubstr(words)));
    };
    fault("[[telemetry]]\n", "must be a table");
    fault("[telemetry]\n", "otlp_url");
    fault("[telemetry]\notlp_url = \"http://c.example:4318\"\n", "https");
    fault("[telemetry]\notlp_url = \"https://c.example\"\nevery_s = 0\n", "every_s");
    fault("[telemetry]\notlp_url = \"https://c.example\"\nsignal = 1\n", "signal");
    fault("[telemetry]\notlp_url = \"https://c.example\"\nsignals = [\"log\"]\n", "must be some of");
    fault("[telemetry]\notlp_url = \"https://c.example\"\nsignals = []\n", "names nothing");
}

}  // namespace
}  // namespace tillkeeper::agent
