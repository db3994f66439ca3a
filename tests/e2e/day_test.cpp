// A business day that ends while the network is down: its report, its manifest, and what headquarters and another box
// make of it. [agent-40] to [agent-42]
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "platform/linux-arm/system.h"
#include "tests/e2e/bus_client.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kSoon = std::chrono::seconds(30);

// Headquarters: a destination of manifests alone, at the ERP's address.
DestinationSetup headquarters(Cloud& cloud, const Scratch& folder) {
    auto made = cloud.destination("erp");
    made.name = "hq";
    made.mapping_file = (folder.path() / "hq.jq").string();
    made.more = "types = [\"day_manifest\"]\n";
    EXPECT_TRUE(write_file(made.mapping_file, "{business_day: .transaction.business_day, total: 0, postings: []}\n"));
    return made;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

class Day : public ::testing::Test {
  protected:
    [[nodiscard]] std::unique_ptr<Lab> open(const std::string& name) {
        LabOptions options{.name = name, .tills = 2, .clock_set = true};
        options.more = [&](Cloud& cloud) {
            const auto hq = headquarters(cloud, folder_);
            return "\n[[destination]]\nname = \"hq\"\nkind = \"cloudevents\"\nurl = \"" + hq.url + "\"\nca_file = \"" +
                   hq.ca_file + "\"\nmapping_file = \"" + hq.mapping_file + "\"\n" + hq.more +
                   "[destination.oauth]\nauth = \"" + hq.auth + "\"\ntoken_url = \"" + hq.token_url +
                   "\"\nclient_id = \"" + hq.client_id + "\"\nclient_secret_file = \"" + hq.secret_file + "\"\n";
        };
        auto lab = Lab::open(options);
        EXPECT_TRUE(lab) << lab.error().message;
        return lab ? std::move(*lab) : nullptr;
    }
    // Sells with cash, and waits for the answer.
    static void sell(Lab& lab, const std::string& till, int sequence, int total, const std::string& type = "sale") {
        const till::BrokerAddress tls{
            .host = "localhost", .port = lab.broker().tls_port(), .ca_file = lab.broker().ca_file().string()};
        BusClient bus(tls, till::BrokerUser{till, Broker::password_of(till)});
        bus.subscribe("tillkeeper/v1/tills/" + till + "/replies");
        const auto number = std::to_string(sequence);
        const auto amount = std::to_string(total);
        bus.publish("tillkeeper/v1/tills/" + till + "/transactions",
                    R"({"id":")" + till + '-' + number + R"(","type":")" + type + R"(","till_sequence":)" + number +
                        R"(,"receipt":"R-)" + till + '-' + number + R"(","occurred_at":")" +
                        to_rfc3339(SystemClock().wall()) + R"(","currency":"EUR","tenders":[{"type":"cash","amount":)" +
                        amount + R"(}],"total":)" + amount + "}");
        EXPECT_TRUE(bus.turn_until([&] { return !bus.heard().empty(); }, kSoon));
    }
    static std::string told(const Lab& lab, std::vector<std::string> words, int status = 0) {
        const auto ran = lab.agent().command(std::move(words));
        EXPECT_TRUE(ran) << ran.error().message;
        if (!ran) return "";
        EXPECT_EQ(ran->status, status) << ran->output << ran->errors;
        return ran->output;
    }
    // A file with those words in the scratch folder.
    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
        const auto path = folder_.path() / name;
        EXPECT_TRUE(write_file(path, text));
        return path.string();
    }

    Scratch folder_ = Scratch::make("tillkeeper-day").value();
};

TEST_F(Day, ThatEndsOfflineIsProvenToHeadquarters) {
    const auto lab = open("tillkeeper-day-a");
    ASSERT_TRUE(lab);
    ASSERT_TRUE(lab->cloud().control().cut_network());
    sell(*lab, "till-1", 1, 1000);
    sell(*lab, "till-1", 2, 2500);
    sell(*lab, "till-1", 4, 300);  // number 3 has not come
    sell(*lab, "till-2", 1, -500, "return");

    std::string report;
    ASSERT_TRUE(wait_until(
        [&] {
            report = told(*lab, {"day", "--json"});
            return Json::parse(report)["transactions"].number() == 4;
        },
        kSoon))
        << report;
    const auto day = Json::parse(report);
    const auto date = day["business_day"].text();
    const auto text = told(*lab, {"day"});
    EXPECT_THAT(text, HasSubstr("Till till-1: number 3 has not come."));
    EXPECT_THAT(text, HasSubstr("38.00 EUR"));
    EXPECT_THAT(told(*lab, {"day", "--csv"}), HasSubstr("till-2"));

    told(*lab, {"manifest", "make"});
    const auto manifests = file("day.jws", told(*lab, {"manifest", "show", date}));
    const auto key = file("store.pem", told(*lab, {"manifest", "key"}));
    const auto exported = (folder_.path() / "journal.ndjson").string();
    told(*lab, {"export", exported});
    const auto verify = [&](const std::string& with, int status) {
        return told(*lab, {"manifest", "verify", manifests, "--key", key, "--with", with}, status);
    };
    EXPECT_THAT(verify(exported, 0), HasSubstr("All in order."));

    std::string without, changed;
    for (const auto& line : lines_of(read_file(exported))) {
        const bool second = line.contains("till-1-2");
        if (!second) without += line + '\n';
        std::string other = line;
        if (second) other.replace(other.find("2500"), 4, "2400");
        changed += other + '\n';
    }
    const auto verdict = verify(file("without.ndjson", without), 1);
    EXPECT_THAT(verdict, HasSubstr("missing"));
    EXPECT_THAT(verdict, HasSubstr("number 2")) << "which one";
    EXPECT_THAT(verdict, HasSubstr("till-1"));
    EXPECT_THAT(verdict, Not(HasSubstr("till-2"))) << "and no other";
    EXPECT_THAT(verify(file("changed.ndjson", changed), 1), Not(HasSubstr("All in order.")));

    // Another box's key proves nothing of it.
    ASSERT_TRUE(write_file(folder_.path() / "text.jws", "not a manifest\n"));
    told(*lab, {"manifest", "verify", (folder_.path() / "text.jws").string(), "--key", key}, 1);

    ASSERT_TRUE(lab->cloud().control().clear_faults());
    const auto id = Json::parse(told(*lab, {"--json", "manifest", "list"}))["manifests"].items().at(0)["id"].text();
    EXPECT_TRUE(wait_until([&] { return lab->cloud().control().has("erp", id).value_or(false); }, kSoon))
        << "headquarters subscribed to manifests: " << id;
    EXPECT_TRUE(wait_until([&] { return lab->delivered("oms") == 4 && lab->delivered("crm") == 4; }, kSoon));
    EXPECT_FALSE(lab->cloud().control().has("crm", id).value_or(true)) << "nobody else gets one";
}

TEST_F(Day, ThatIsExportedIsHandedOverToAnotherBoxOnce) {
    const auto from = open("tillkeeper-day-b");
    ASSERT_TRUE(from);
    ASSERT_TRUE(from->cloud().control().cut_network());
    for (int i = 1; i <= 20; ++i) sell(*from, "till-1", i, 100 * i);
    told(*from, {"manifest", "make"});
    const auto exported = (folder_.path() / "journal.ndjson").string();
    told(*from, {"export", exported});
    told(*from, {"export", exported}, 1);  // never over a file that is there

    const auto to = open("tillkeeper-day-c");
    ASSERT_TRUE(to);
    ASSERT_TRUE(to->cloud().control().cut_network());
    auto done = Json::parse(told(*to, {"--json", "import", exported}));
    EXPECT_EQ(done["accepted"].number(), 20);
    EXPECT_GE(done["left_out"].number(), 1) << "what the other box wrote of itself";
    done = Json::parse(told(*to, {"--json", "import", exported}));
    EXPECT_EQ(done["accepted"].number(), 0);
    EXPECT_EQ(done["duplicate"].number(), 20);
    // Cut short it changes nothing that is there, and says so.
    const auto all = read_file(exported);
    done = Json::parse(told(*to, {"--json", "import", file("cut.ndjson", all.substr(0, all.size() / 2))}, 1));
    EXPECT_FALSE(done["complete"].is_true());
    EXPECT_EQ(done["accepted"].number(), 0);

    ASSERT_TRUE(to->cloud().control().clear_faults());
    EXPECT_TRUE(wait_until([&] { return to->delivered("oms") == 20 && to->delivered("crm") == 20; }, kSoon));
    const auto journal = Json::parse(told(*to, {"--json", "verify"}));
    EXPECT_TRUE(journal["whole"].is_true());
}

}  // namespace
}  // namespace tillkeeper::lab
