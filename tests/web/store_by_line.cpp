// store-by-line: a real store (cloud, broker, daemon) that does what its standard input says, a line at a time, and
// answers each with one line of JSON. The first line it writes is where the page is. It ends with its input.
#include <cjson/cJSON.h>

#include <iostream>
#include <memory>
#include <sstream>

#include "tests/e2e/bus_client.h"
#include "tests/e2e/lab.h"
#include "tests/e2e/programs.h"

namespace tillkeeper::lab {
namespace {

constexpr auto kSoon = std::chrono::seconds(30);

std::string quoted(const std::string& text) {
    const std::unique_ptr<cJSON, void (*)(cJSON*)> node(cJSON_CreateString(text.c_str()), cJSON_Delete);
    const std::unique_ptr<char, void (*)(void*)> written(cJSON_PrintUnformatted(node.get()), cJSON_free);
    return written.get();
}

std::string done(const Result<void>& result) {
    return result ? R"({"ok":true})" : R"({"ok":false,"error":)" + quoted(result.error().message) + '}';
}

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

class StoreByLine {
  public:
    explicit StoreByLine(std::unique_ptr<Lab> lab) : lab_(std::move(lab)) {}
    [[nodiscard]] std::string page() const { return lab_->agent().page(); }

    std::string obey(const std::string& line) {
        const auto space = line.find(' ');
        const std::string verb = line.substr(0, space);
        const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
        if (verb == "sell") return sell(rest);
        if (verb == "cut") return done(lab_->cloud().control().cut_network());
        if (verb == "mend") return done(lab_->cloud().control().clear_faults());
        if (verb == "fault") return done(lab_->cloud().control().set_fault(rest));
        if (verb == "start") return done(lab_->agent().start());
        if (verb == "ask") return command(rest);
        if (verb == "staff") return staff(rest);
        if (verb != "kill") return R"({"ok":false,"error":"no such verb"})";
        lab_->agent().kill();
        return R"({"ok":true})";
    }

  private:
    // Hands it over and waits for the daemon's answer. A connection for each: between two lines nobody keeps one alive.
    std::string sell(const std::string& transaction) {
        const std::string topics = "tillkeeper/v1/tills/till-1/";
        const till::BrokerAddress tls{
            .host = "localhost", .port = lab_->broker().tls_port(), .ca_file = lab_->broker().ca_file().string()};
        BusClient till(tls, till::BrokerUser{"till-1", Broker::password_of("till-1")});
        till.subscribe(topics + "replies");
        till.publish(topics + "presence", R"({"state":"online"})", true);
        till.publish(topics + "transactions", transaction);
        if (!till.hears(topics + "replies", kSoon)) return R"({"ok":false,"error":"no answer"})";
        return till.heard().begin()->substr(topics.size() + std::string_view("replies=").size());
    }
    // "NAME PIN": somebody who may act on the page.
    [[nodiscard]] std::string staff(const std::string& name_and_pin) const {
        const auto words = words_of(name_and_pin);
        const auto config = lab_->agent().setup().control_socket.parent_path() / "tillkeeper.toml";
        auto adding = Process::start(
            {.command = {kCommandProgram, "--config", config.string(), "staff", "add", words.at(0)}, .listens = true});
        if (!adding) return done(std::unexpected(adding.error()));
        adding->say(words.at(1));
        return adding->wait(kSoon) == 0 ? R"({"ok":true})" : R"({"ok":false,"error":"the PIN was not taken"})";
    }
    [[nodiscard]] std::string command(const std::string& arguments) const {
        const auto result = lab_->agent().command(words_of(arguments));
        if (!result) return done(std::unexpected(result.error()));
        return R"({"ok":true,"status":)" + std::to_string(result->status) + R"(,"output":)" + quoted(result->output) +
               R"(,"errors":)" + quoted(result->errors) + '}';
    }

    std::unique_ptr<Lab> lab_;
};

// Until the input ends; whoever reads it sees each answer at once.
int serve(const std::string& more) {
    LabOptions options{.name = "tillkeeper-web", .tills = 1, .clock_set = true};
    options.agent.more = more;
    auto lab = Lab::open(options);
    if (!lab) {
        std::cerr << lab.error().message << '\n';
        return 1;
    }
    StoreByLine store(std::move(*lab));
    std::cout << R"({"page":)" << quoted(store.page()) << '}' << std::endl;
    for (std::string line; std::getline(std::cin, line);) std::cout << store.obey(line) << std::endl;
    return 0;
}

}  // namespace
}  // namespace tillkeeper::lab

// Its argument, where there is one: further lines of the daemon's configuration.
int main(int count, char** words) {
    return tillkeeper::lab::serve(count > 1 ? words[1] : "");
}
