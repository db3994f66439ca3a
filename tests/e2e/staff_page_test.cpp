// A shop assistant settles a sale on the page of a running store; somebody who guesses does not. [agent-50] to
// [agent-55]
#include <gtest/gtest.h>

#include "platform/linux-arm/system.h"
#include "sync/url_template.h"
#include "tests/e2e/bus_client.h"
#include "tests/e2e/fetch.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

constexpr auto kSoon = std::chrono::seconds(30);

// What a browser keeps and says: its cookie, and where a form came from.
class Visitor {
  public:
    explicit Visitor(std::string page) : page_(std::move(page)) {}

    Fetched get(const std::string& path) { return ask(path, {{cookie_}, {}}); }
    Fetched post(const std::string& path, std::vector<std::pair<std::string, std::string>> form) {
        std::string body;
        for (const auto& [name, value] : form)
            body += (body.empty() ? "" : "&") + sync::percent_encoded(name) + '=' + sync::percent_encoded(value);
        return ask(path, {{cookie_, "Origin: " + page_}, body});
    }
    Fetched sign_in(const std::string& pin) { return post("/sign-in", {{"name", "Anna"}, {"pin", pin}}); }
    std::string token() {
        const auto body = get("/?lang=en").body;
        const std::string before = "name=\"token\" value=\"";
        const auto at = body.find(before);
        return at == std::string::npos ? "" : body.substr(at + before.size(), 22);
    }

  private:
    Fetched ask(const std::string& path, const Sending& sending) {
        auto answer = fetch(page_ + path, kSoon, sending);
        EXPECT_TRUE(answer) << path;
        if (!answer) return {};
        if (const auto at = answer->head.find("session="); at != std::string::npos)
            cookie_ = "Cookie: " + answer->head.substr(at, answer->head.find(';', at) - at);
        return std::move(*answer);
    }

    std::string page_;
    std::string cookie_ = "Cookie: lang=en";
};

class StaffPage : public ::testing::Test {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.name = "tillkeeper-staff", .tills = 1});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        const auto config = lab_->agent().setup().control_socket.parent_path() / "tillkeeper.toml";
        auto adding = Process::start(
            {.command = {kCommandProgram, "--config", config.string(), "staff", "add", "Anna"}, .listens = true});
        ASSERT_TRUE(adding) << adding.error().message;
        adding->say("482915");
        ASSERT_EQ(adding->wait(kSoon), 0);
    }
    // A sale whose total has two digits swapped; its journal number.
    [[nodiscard]] std::string sell_wrongly() const {
        const till::BrokerAddress tls{
            .host = "localhost", .port = lab_->broker().tls_port(), .ca_file = lab_->broker().ca_file().string()};
        BusClient till(tls, till::BrokerUser{"till-1", Broker::password_of("till-1")});
        till.subscribe("tillkeeper/v1/tills/till-1/replies");
        till.publish("tillkeeper/v1/tills/till-1/transactions",
                     R"({"id":"swapped-1","type":"sale","till_sequence":1,"receipt":"R-1","occurred_at":")" +
                         to_rfc3339(SystemClock().wall()) + R"(","lines":[{"sku":"A","amount":1530}],"total":1503})");
        EXPECT_TRUE(till.turn_until([&] { return !till.heard().empty(); }, kSoon));
        const auto queue = lab_->agent().command({"--json", "queue", "list"});
        const auto items = Json::parse(queue ? queue->output : "");
        EXPECT_EQ(items["items"].items().size(), 1U);
        return items["items"].items().empty() ? "" : std::to_string(items["items"].items().front()["number"].number());
    }
    // What the journal says of the entry that was let through.
    [[nodiscard]] std::string released() const {
        const auto found = lab_->agent().command({"--json", "find", "swapped-1"});
        const auto document = Json::parse(found ? found->output : "");
        for (const auto& each : document["found"].items()) {
            if (each["kind"].text() != "released") continue;
            const auto shown =
                lab_->agent().command({"--json", "queue", "show", std::to_string(each["number"].number())});
            return shown ? shown->output : "";
        }
        return "";
    }

    std::unique_ptr<Lab> lab_;
};

TEST_F(StaffPage, ARepairIsSentAndRecordedWithWhoAndWhy) {
    const auto number = sell_wrongly();
    Visitor anna(lab_->agent().page());
    EXPECT_EQ(anna.get("/held?number=" + number + "&at=").status, 303) << "nothing of a sale before signing in";
    ASSERT_EQ(anna.sign_in("482915").status, 303);
    EXPECT_NE(anna.get("/held?number=" + number + "&at=").body.find("value=\"1503\""), std::string::npos);

    std::vector<std::pair<std::string, std::string>> form{
        {"token", anna.token()}, {"number", number}, {"at", ""}, {"why", "digits swapped"}, {"/total", "1503"}};
    EXPECT_EQ(anna.post("/held/repair", form).status, 422);
    form.back().second = "1530";
    const auto done = anna.post("/held/repair", form);
    EXPECT_EQ(done.status, 303);
    EXPECT_NE(done.head.find("Location: /?done=repair"), std::string::npos) << done.head;

    EXPECT_TRUE(wait_until([&] { return lab_->delivered("erp") == 1; }, kSoon)) << "the repaired one arrives";
    const auto chain = released();
    for (const auto* part : {R"("decision":"repair")", R"("who":"Anna")", R"("why":"digits swapped")"})
        EXPECT_NE(chain.find(part), std::string::npos) << part << " in " << chain;
    EXPECT_TRUE(lab_->agent().command({"verify"})->status == 0);
}

TEST_F(StaffPage, KeepsTheStoreOfflineAndEndsThat) {  // [agent-36]
    Visitor anna(lab_->agent().page());
    EXPECT_NE(anna.post("/offline", {{"minutes", "60"}, {"why", "new router"}}).head.find("/sign-in"),
              std::string::npos);
    ASSERT_EQ(anna.sign_in("482915").status, 303);
    EXPECT_EQ(anna.post("/offline", {{"minutes", "60"}, {"why", "new router"}}).status, 403) << "without its token";
    EXPECT_EQ(anna.post("/offline", {{"token", anna.token()}, {"minutes", "9999"}, {"why", "x"}}).status, 422);
    EXPECT_EQ(anna.post("/offline", {{"token", anna.token()}, {"minutes", "60"}, {"why", "new router"}}).status, 303);
    const auto shows = [&](std::string_view text) {
        return wait_until([&] { return anna.get("/?lang=en").body.contains(text); }, kSoon);
    };
    EXPECT_TRUE(shows("Kept offline by the store until "));
    EXPECT_NE(anna.get("/offline").body.find("new router"), std::string::npos);
    EXPECT_EQ(anna.post("/online", {{"token", anna.token()}, {"why", "router is there"}}).status, 303);
    EXPECT_TRUE(shows("Online."));
}

TEST_F(StaffPage, AWrongPinWaitsAndARestartEndsSessions) {
    Visitor anna(lab_->agent().page());
    ASSERT_EQ(anna.sign_in("482915").status, 303);
    EXPECT_NE(anna.get("/").body.find("Anna"), std::string::npos);
    ASSERT_EQ(lab_->agent().stop(), 0);
    ASSERT_TRUE(lab_->agent().start());
    EXPECT_EQ(anna.get("/").body.find("Anna"), std::string::npos);

    Visitor thief(lab_->agent().page());
    for (const auto* pin : {"992817", "992818", "992819"}) EXPECT_EQ(thief.sign_in(pin).status, 403);
    const auto held_up = thief.sign_in("482915");
    EXPECT_EQ(held_up.status, 429);
    EXPECT_NE(held_up.head.find("Retry-After: "), std::string::npos) << held_up.head;
}

}  // namespace
}  // namespace tillkeeper::lab
