// The till developer's example programs sell on a real bus whose broker is killed, and are killed themselves.
//
// One test per program and language; ctest runs each language by itself, see CMakeLists.txt.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "tests/e2e/bus_client.h"
#include "tests/e2e/bus_peer.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

constexpr auto kPatience = 90s;
constexpr const char* kForEver = "1000000";  // sales, until it is killed
constexpr const char* kCard = "4111 1111 1111 1111";

std::vector<std::string> lines_of(const std::filesystem::path& file) {
    std::istringstream stream(read_file(file));
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

// What a program's own file says: the transactions in the order of sale, and the outcome of each.
struct Book {
    std::vector<Json> kept;
    std::map<std::string, std::string> outcomes;

    explicit Book(const std::filesystem::path& file) {
        for (const auto& line : lines_of(file)) {
            const auto space = line.find(' ');
            if (line.starts_with("kept "))
                kept.push_back(Json::parse(line.substr(space + 1)));
            else
                outcomes[line.substr(space + 1)] = line.substr(0, space);
        }
    }
    [[nodiscard]] std::string outcome_of_last() const { return outcomes.at(kept.back()["id"].text()); }
};

class TillExample : public ::testing::TestWithParam<std::string> {
  protected:
    // The command that runs the example; C++ is built first, by the line that its source states.
    void prepare(Scratch& scratch, const Broker& broker) {
        folder_ = scratch.path();
        broker_ = &broker;
        ASSERT_TRUE(write_file(folder_ / "till-1.password", Broker::password_of("till-1") + "\n", 0600));
        const std::string examples = TILL_EXAMPLES;
        if (GetParam() == "Python") command_ = {"/usr/bin/python3", examples + "/sell.py"};
        if (GetParam() == "JavaScript") command_ = {NODE, examples + "/sell.js"};
        if (GetParam() == "Cpp") build(examples + "/cpp");
    }

    void build(const std::string& sources) {
        std::filesystem::create_directory(folder_ / "cpp");
        for (const auto& each : std::filesystem::directory_iterator(sources))
            std::filesystem::copy_file(each.path(), folder_ / "cpp" / each.path().filename());
        const auto lines = lines_of(sources + "/sell.cpp");
        const auto stated = std::ranges::find_if(lines, [](auto& line) { return line.starts_with("//     g++ "); });
        ASSERT_NE(stated, lines.end());
        const auto built = run_command(
            {"/bin/sh", "-c", "cd " + (folder_ / "cpp").string() + " && " + stated->substr(7)}, folder_, 120s);
        ASSERT_TRUE(built && built->status == 0) << (built ? built->errors : built.error().message);
        command_ = {(folder_ / "cpp" / "sell").string()};
    }

    void TearDown() override {
        if (HasFailure()) std::cerr << read_file(output()) << read_file(errors());
    }

    std::filesystem::path output() const { return folder_ / "output"; }
    std::filesystem::path errors() const { return folder_ / "errors"; }
    std::filesystem::path outbox() const { return folder_ / "outbox"; }
    std::int64_t count(std::string_view word) const {
        return std::ranges::count_if(lines_of(output()), [&](auto& line) { return line.starts_with(word); });
    }
    std::string last_line(std::size_t from_the_end = 0) const {
        const auto lines = lines_of(output());
        return lines.size() > from_the_end ? lines[lines.size() - 1 - from_the_end] : "";
    }

    Process start(const Words& more) {
        ProcessOptions options;
        options.command = command_;
        for (const auto& word : Words{"--host", "localhost", "--port", std::to_string(broker_->tls_port()), "--ca",
                                      broker_->ca_file().string(), "--till", "till-1", "--password-file",
                                      (folder_ / "till-1.password").string(), "--outbox", outbox().string()})
            options.command.push_back(word);
        options.command.insert(options.command.end(), more.begin(), more.end());
        options.output = output();
        options.errors = errors();
        auto till = Process::start(options);
        if (!till) throw std::runtime_error(till.error().message);
        return std::move(*till);
    }
    int run(const Words& more) { return start(more).wait(kPatience).value_or(-1); }

    // What any other till sees of it: retained, or as the will of one that was killed.
    bool presence_becomes(const std::string& state) {
        const till::BrokerAddress address{
            .host = "localhost", .port = broker_->tls_port(), .ca_file = broker_->ca_file().string()};
        const std::string topic = "tillkeeper/v1/tills/till-1/presence";
        BusClient watcher(address, {"till-2", Broker::password_of("till-2")});
        if (!watcher.granted()) return false;
        watcher.subscribe(topic);
        return watcher.turn_until([&] { return watcher.heard().contains(topic + R"(={"state":")" + state + "\"}"); },
                                  kPatience);
    }

    std::filesystem::path folder_;
    const Broker* broker_ = nullptr;
    Words command_;
};

class TillExampleInAStore : public TillExample {
  protected:
    void SetUp() override {
        auto lab = Lab::open({.name = "till-example", .tills = 2});
        ASSERT_TRUE(lab) << lab.error().message;
        lab_ = std::move(*lab);
        prepare(lab_->folder(), lab_->broker());
    }

    // Every number once, every transaction answered, and what the store has is that and nothing else.
    void expect_all_is_told_and_there_once() {
        const Book book(outbox());
        std::set<std::string> safe;
        std::size_t refused = 0;
        for (std::size_t i = 0; i < book.kept.size(); ++i) {
            EXPECT_EQ(book.kept[i]["till_sequence"].number(), static_cast<std::int64_t>(i) + 1);
            const auto outcome = book.outcomes.find(book.kept[i]["id"].text());
            ASSERT_NE(outcome, book.outcomes.end()) << i << " has no answer";
            if (outcome->second == "refused") ++refused;
            if (outcome->second == "accepted" || outcome->second == "duplicate") safe.insert(outcome->first);
        }
        const auto verified = lab_->agent().command({"verify", "--json"});
        ASSERT_TRUE(verified);
        ASSERT_EQ(verified->status, 0) << verified->output << verified->errors;
        EXPECT_EQ(Json::parse(verified->output)["entries"].number(),
                  static_cast<std::int64_t>(book.kept.size() - refused));
        ASSERT_TRUE(lab_->wait_delivered(static_cast<std::int64_t>(safe.size()), kPatience));
        const auto effects = lab_->cloud().effects("erp");
        ASSERT_TRUE(effects);
        EXPECT_EQ(effects->size(), safe.size());
        for (const auto& [id, times] : *effects) {
            EXPECT_EQ(times, 1) << id;
            EXPECT_TRUE(safe.contains(id)) << id;
        }
    }

    std::unique_ptr<Lab> lab_;
};

TEST_P(TillExampleInAStore, SellsEachOnceWhoeverIsKilledAndUnderstandsEveryOutcome) {
    auto till = start({"--sales", kForEver});
    ASSERT_TRUE(wait_until([&] { return count("safe ") >= 20; }, kPatience));
    EXPECT_TRUE(presence_becomes("online"));

    lab_->broker().kill();
    const auto kept = count("kept ");
    ASSERT_TRUE(wait_until([&] { return count("kept ") >= kept + 20; }, kPatience)) << "it stopped selling";
    till.kill();  // with sales that nobody has answered
    ASSERT_TRUE(lab_->broker().start());
    till = start({"--sales", kForEver});
    const auto all = count("kept ");
    ASSERT_TRUE(wait_until([&] { return count("safe ") >= all + 20; }, kPatience)) << "it did not go on";
    till.kill();
    EXPECT_TRUE(presence_becomes("offline")) << "no will";
    EXPECT_EQ(run({"--sales", "5"}), 0);
    EXPECT_TRUE(last_line().starts_with("safe=") && last_line().ends_with(" look=0 refused=0")) << last_line();
    EXPECT_TRUE(presence_becomes("offline"));

    EXPECT_EQ(run({"--sales", "1", "--description", std::string("card ") + kCard}), 1);
    EXPECT_TRUE(last_line(1).starts_with("refused till-1-")) << last_line(1);
    EXPECT_NE(last_line(1).find("contains_card_number"), std::string::npos) << last_line(1);
    EXPECT_NE(last_line(1).find("/lines/0/description"), std::string::npos) << last_line(1);
    EXPECT_EQ(Book(outbox()).outcome_of_last(), "refused");
    const auto refused = Book(outbox()).kept.back()["receipt"].text();

    EXPECT_EQ(run({"--sales", "1", "--total", "999"}), 3);
    EXPECT_TRUE(last_line(1).starts_with("look till-1-")) << last_line(1);
    EXPECT_EQ(Book(outbox()).outcome_of_last(), "quarantined");

    EXPECT_EQ(run({"--return", "till-1-1"}), 0);
    const Book book(outbox());
    EXPECT_EQ(book.kept.back()["type"].text(), "return");
    EXPECT_EQ(book.kept.back()["refers_to"].text(), book.kept.front()["id"].text());
    EXPECT_EQ(book.kept.back()["total"].number(), -510);
    EXPECT_EQ(run({"--return", refused}), 2) << "the store does not have it";
    EXPECT_EQ(run({"--return", "till-9-1"}), 2);
    expect_all_is_told_and_there_once();
    EXPECT_EQ(read_file(output()).find(kCard), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(In, TillExampleInAStore, testing::Values("Cpp", "JavaScript", "Python"),
                         [](const auto& each) { return each.param; });

// The test plays the store's box: only so a sale's answer is lost, late, or none.
class TillExampleAtAMoodyBox : public TillExample {
  protected:
    void SetUp() override {
        ::unsetenv("TILLKEEPER_MESSAGES");  // what is said here is not the contract's
        auto scratch = Scratch::make("till-example-box");
        ASSERT_TRUE(scratch);
        scratch_.emplace(std::move(*scratch));
        auto broker = Broker::make(scratch_->path() / "broker", {"till-1", "till-2"});
        ASSERT_TRUE(broker && broker->start());
        broker_made_.emplace(std::move(*broker));
        prepare(*scratch_, *broker_made_);
        const auto join = [&] {
            auto box = BusPeer::connect(*broker_made_, "tillkeeper", till::MqttVersion::k5,
                                        "tillkeeper/v1/tills/till-1/transactions");
            if (box) box_ = std::move(*box);
            return box.has_value();
        };
        ASSERT_TRUE(wait_until(join, kPatience));
    }
    // Each hand-over is of the same bytes.
    void expect_again(const std::string& outcome, const std::string& more) {
        const auto heard = box_->hear();
        ASSERT_TRUE(heard) << "it was not sent again";
        if (first_.payload.empty()) first_ = *heard;
        EXPECT_EQ(heard->payload, first_.payload);
        EXPECT_EQ(heard->correlation_data, first_.correlation_data);
        const auto answer = R"({"reply_to":"transaction","id":")" + first_.correlation_data + R"(","outcome":")" +
                            outcome + "\"," + more + R"(,"problems":[]})";
        ASSERT_TRUE(box_->say("tillkeeper/v1/tills/till-1/replies", more.empty() ? "{\"outcome\":" : answer,
                              first_.correlation_data));
    }
    // What the program says that it will wait before it sends again.
    std::vector<double> waits() const {
        std::vector<double> all;
        for (const auto& line : lines_of(errors()))
            if (const auto at = line.find(", again in "); at != std::string::npos)
                all.push_back(std::stod(line.substr(at + 11)));
        return all;
    }

    std::optional<Scratch> scratch_;
    std::optional<Broker> broker_made_;
    std::unique_ptr<BusPeer> box_;
    Heard first_;
};

TEST_P(TillExampleAtAMoodyBox, SendsTheSameBytesAgainLessAndLessOften) {
    auto till = start({"--sales", "1"});
    expect_again("no JSON", "");
    expect_again("of a later version", R"("x":1)");
    expect_again("refused", R"("problem":"busy","retry_after_ms":20)");
    expect_again("duplicate", R"("journal_number":7)");
    EXPECT_EQ(till.wait(kPatience), 0);
    EXPECT_EQ(count("later till-1-1 busy"), 1);
    EXPECT_EQ(count("safe till-1-1 it was there already, journal number 7"), 1);
    const auto times = waits();
    ASSERT_EQ(times.size(), 4U);
    for (std::size_t i : {1U, 2U, 3U}) EXPECT_GT(times[i], times[i - 1] * 1.4) << "it does not double";
    EXPECT_NE(times, (std::vector<double>{2, 4, 8, 16})) << "no jitter";

    broker_made_->kill();
    EXPECT_EQ(run({}), 0) << "nothing to do, and nobody to say good-bye to";
}

INSTANTIATE_TEST_SUITE_P(In, TillExampleAtAMoodyBox, testing::Values("Cpp", "JavaScript", "Python"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace tillkeeper::lab
