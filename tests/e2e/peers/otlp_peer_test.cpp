// Metrics, logs and traces of a real daemon at a collector that nobody here wrote, behind TLS. [agent-106] [sync-20]
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <sstream>

#include "tests/cloud/pki.h"
#include "tests/e2e/bus_peer.h"
#include "tests/e2e/fetch.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/ports.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr auto kPatience = 90s;
const std::string kTill = "tillkeeper/v1/tills/till-1/";
const std::string kKey = "Plokijuh8";
const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kTillSpan = "00f067aa0ba902b7";
const std::string kMember = "M-7Qx2vK9pTz", kPerson = "Vbnkjhuytr", kReceipt = "R-Wsxcderfv";

using Samples = std::map<std::string, double>;  // by name and labels

class Collector {
  public:
    explicit Collector(const std::filesystem::path& folder) : folder_(folder) {
        EXPECT_TRUE(cloud::prepare_pki(folder));
        receiver_ = run("collector", {PEERS "/otlp/collector.js", "--key", kKey, "--store", "0042"});
        EXPECT_TRUE(wait_until([&] { return lines("{\"port\":").size() == 1; }, kPatience))
            << read_file(folder / "collector.err");
        const auto port = Json::parse(lines("{").at(0))["port"].number();
        door_ = run("door", {PEERS "/door.js", "--pki", folder.string(), "--port", std::to_string(port_), "--to",
                             std::to_string(port)});
        EXPECT_TRUE(wait_until([&] { return listening(port_); }, kPatience));
    }
    // The table of the agent's configuration.
    [[nodiscard]] std::string table() const {
        const auto key = folder_ / "collector.key";
        EXPECT_TRUE(write_file(key, kKey));
        std::filesystem::permissions(key, std::filesystem::perms(0600));
        return "\n[telemetry]\notlp_url = \"https://127.0.0.1:" + std::to_string(port_) + "\"\nca_file = \"" +
               (folder_ / "ca.pem").string() +
               "\"\nevery_s = 1\n[telemetry.api_key]\nheader = \"x-api-key\"\nkey_file = \"" + key.string() + "\"\n";
    }
    // It is there, and says nothing.
    void hang() const { receiver_->signal(SIGSTOP); }
    void go_on() const { receiver_->signal(SIGCONT); }

    [[nodiscard]] std::string all() const { return read_file(folder_ / "collector.log"); }
    // Those that begin so, whole.
    [[nodiscard]] std::vector<std::string> lines(const std::string& with) const {
        std::vector<std::string> found;
        std::istringstream text(all());
        for (std::string line; std::getline(text, line);)
            if (line.starts_with(with) && !text.eof()) found.push_back(line);
        return found;
    }
    // "span" or "log": those that have it in them.
    [[nodiscard]] std::vector<Json> told(const std::string& kind, const std::string& with) const {
        std::vector<Json> found;
        for (const auto& line : lines(kind + " {"))
            if (line.contains(with)) found.push_back(Json::parse(line.substr(kind.size() + 1)));
        return found;
    }
    [[nodiscard]] std::vector<std::string> samples() const {
        auto found = lines("sample ");
        for (auto& line : found) line.erase(0, 7);
        return found;
    }

  private:
    std::optional<Process> run(const std::string& name, std::vector<std::string> command) {
        command.insert(command.begin(), NODE);
        auto process = Process::start({.command = command,
                                       .folder = folder_,
                                       .output = folder_ / (name + ".log"),
                                       .errors = folder_ / (name + ".err")});
        EXPECT_TRUE(process);
        return process ? std::optional(std::move(*process)) : std::nullopt;
    }
    const std::filesystem::path folder_;
    const int port_ = free_port();
    std::optional<Process> receiver_;
    std::optional<Process> door_;
};

// The newest of each.
Samples samples_of(const std::vector<std::string>& lines) {
    Samples samples;
    for (const auto& line : lines) {
        const auto space = line.rfind(' ');
        if (!line.starts_with('#') && space != std::string::npos)
            samples[line.substr(0, space)] = std::strtod(line.c_str() + space, nullptr);
    }
    return samples;
}

// What only goes up: it stands still when nothing happens.
bool counts(const std::string& name) {
    const auto bare = name.substr(0, name.find('{'));
    return bare.ends_with("_total") || bare.ends_with("_bucket") || bare.ends_with("_count");
}

class OtlpPeer : public ::testing::Test {
  protected:
    void SetUp() override {
        auto folder = Scratch::make("tillkeeper-otlp");
        ASSERT_TRUE(folder);
        folder_.emplace(std::move(*folder));
        collector_.emplace(folder_->path());
        LabOptions options{.name = "tillkeeper-otlp-store", .tills = 2};
        options.agent.more = collector_->table();
        auto lab = Lab::open(options);
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
    }
    // Sells so many, all of them accepted.
    void sell(int count) {
        auto tills = lab_->sell({.tills = 2, .sales = count, .per_second = 200});
        ASSERT_TRUE(tills) << tills.error().message;
        const auto finished = tills->finish(60s);
        ASSERT_TRUE(finished) << finished.error().message;
        EXPECT_EQ(tills->tally().accepted, count);
    }
    // Of somebody, with a trace that the till has begun.
    void sell_traced(const std::string& id, const std::string& flags) {
        auto till = BusPeer::connect(lab_->broker(), "till-1", till::MqttVersion::k5, kTill + "replies");
        ASSERT_TRUE(till) << till.error().message;
        ASSERT_TRUE((*till)->say(kTill + "transactions",
                                 R"({"id":")" + id + R"(","type":"sale","till_sequence":90210,"receipt":")" + kReceipt +
                                     R"(","occurred_at":"2026-11-20T10:42:07Z","member_id":")" + kMember +
                                     R"(","customer":{"name":")" + kPerson + R"("}})",
                                 {}, {}, "00-" + kTrace + "-" + kTillSpan + "-" + flags));
        ASSERT_TRUE((*till)->hear(kPatience));
    }
    [[nodiscard]] std::vector<std::string> page() const {
        const auto answer =
            fetch(lab_->agent().page() + "/metrics", 5s, {.headers = {"Accept: text/plain; version=0.0.4"}});
        std::vector<std::string> lines;
        std::istringstream text(answer ? answer->body : "");
        for (std::string line; std::getline(text, line);) lines.push_back(line);
        return lines;
    }
    // The page and the collector count the same, in all that is counted; what differs last, if they never do.
    void expect_the_same_counts() {
        std::string differs;
        EXPECT_TRUE(wait_until(
            [&] {
                differs.clear();
                const auto theirs = samples_of(collector_->samples());
                const auto ours = samples_of(page());
                for (const auto& [name, value] : ours)
                    if (counts(name) && (!theirs.contains(name) || theirs.at(name) != value)) differs += name + '\n';
                return ours.size() > 100 && differs.empty();
            },
            kPatience))
            << differs;
    }
    [[nodiscard]] std::string first_line(const std::filesystem::path& file) const {
        const auto text = read_file(file);
        return text.substr(0, text.find('\n'));
    }

    std::optional<Scratch> folder_;
    std::optional<Collector> collector_;
    std::unique_ptr<Lab> lab_;
};

TEST_F(OtlpPeer, HasMetricsLogsAndTracesAsTheBoxHasThem) {
    ASSERT_TRUE(lab_->cloud().control().set_fault(
        R"({"destination":"erp","mode":"reject_item","items":["refused"],"reason":"no customer )" + kPerson + "\"}"));
    sell(40);
    ASSERT_TRUE(lab_->wait_delivered(40, kPatience));
    int sold = 40;
    for (const auto& [id, flags] : {std::pair{"traced", "01"}, {"refused", "01"}, {"silent", "00"}}) {
        sell_traced(id, flags);  // each in a request of its own
        ++sold;
        ASSERT_TRUE(
            wait_until([&] { return lab_->delivered("oms") == sold && lab_->delivered("crm") == sold; }, kPatience));
    }
    const auto of_trace = [&] { return collector_->told("span", kTrace); };
    EXPECT_TRUE(wait_until([&] { return of_trace().size() >= 6; }, kPatience)) << collector_->all();

    expect_the_same_counts();
    const auto page_says = samples_of(page());
    const auto collector_says = samples_of(collector_->samples());
    EXPECT_EQ(collector_says.at("tillkeeper_transactions_total{outcome=\"accepted\"}"), 43);
    for (const auto& [name, value] : page_says) EXPECT_TRUE(std::isnan(value) || collector_says.contains(name)) << name;
    for (const auto& [name, value] : collector_says) EXPECT_TRUE(page_says.contains(name)) << name;
    for (const char* signal : {"metrics", "logs", "traces"})
        EXPECT_EQ(collector_says.at("tillkeeper_telemetry_dropped_total{signal=\"" + std::string(signal) + "\"}"), 0);

    std::map<std::string, int> by_destination;
    for (const auto& span : of_trace()) {
        EXPECT_EQ(span["traceId"].text(), kTrace) << span.dump();
        EXPECT_EQ(span["parentSpanId"].text(), kTillSpan) << span.dump();
        EXPECT_NE(span["spanId"].text(), kTillSpan) << span.dump();
        EXPECT_EQ(span["attributes"]["tillkeeper.transactions"].text(), "1") << span.dump();
        const bool delivered = span["attributes"]["tillkeeper.outcome"].text() == "delivered";
        EXPECT_EQ(span["status"]["code"].number(), delivered ? 0 : 2) << span.dump();
        if (delivered) ++by_destination[span["attributes"]["tillkeeper.destination"].text()];
    }
    EXPECT_EQ(by_destination["erp"], 1);
    EXPECT_EQ(by_destination["oms"], 2) << "the silent one is not recorded";
    EXPECT_EQ(by_destination["crm"], 2);
    EXPECT_THAT(collector_->lines("span {"), Not(IsEmpty()));

    const auto started = collector_->told("log", R"("stringValue":"started")");
    ASSERT_EQ(started.size(), 1U) << collector_->all();
    EXPECT_EQ(started.front()["severityNumber"].number(), 10);
    EXPECT_EQ(started.front()["attributes"]["store"].text(), "0042");

    EXPECT_THAT(collector_->lines("fault "), IsEmpty()) << "the schema, the key and the store";
    const auto all = collector_->all();
    for (const auto& word : {kKey, kMember, kPerson, kReceipt, Broker::password_of("tillkeeper"),
                             first_line(lab_->cloud().destination("erp").secret_file), std::string("no customer")})
        EXPECT_THAT(all, Not(HasSubstr(word)));
}

TEST_F(OtlpPeer, HangsAndNobodyMinds) {
    ASSERT_TRUE(wait_until([&] { return !collector_->samples().empty(); }, kPatience));
    collector_->hang();
    sell(200);
    EXPECT_TRUE(lab_->wait_delivered(200, kPatience));
    collector_->go_on();
    EXPECT_TRUE(wait_until([&] { return !collector_->told("span", R"("deliver crm")").empty(); }, kPatience));
    expect_the_same_counts();
    EXPECT_THAT(collector_->lines("fault "), IsEmpty());
}

}  // namespace
}  // namespace tillkeeper::lab
