// A till that sells, keeps each sale until the store's box has answered it, and takes a sale back by its receipt.
//
//     g++ -std=c++17 -O2 -pthread *.cpp -o sell $(pkg-config --cflags --libs libmosquitto libcjson)
//
// Needs Debian's g++, pkg-config, libmosquitto-dev and libcjson-dev. ../README.md tells how to run it and what it
// prints,
// ../../GUIDE.md the rules. The till library (../../README.md) does all this and more.
#include <getopt.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <exception>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "bus.h"
#include "json.h"
#include "outbox.h"

namespace {

using Clock = std::chrono::steady_clock;
using Options = std::map<std::string, std::string>;

constexpr double kFirstWait = 2;  // seconds, for an answer; doubled each time, up to the last
constexpr double kLastWait = 30;
constexpr std::chrono::milliseconds kTurn(20);

Clock::time_point in_seconds(double seconds) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// Hands over what waits, the oldest first, one at a time; says what became of each.
class Till {
  public:
    Till(Outbox& outbox, Bus& bus) : outbox_(outbox), bus_(bus) {}

    void sell(const Json& transaction) {
        outbox_.keep(print(transaction));
        std::cout << "kept " << text_of(transaction.get(), "receipt") << std::endl;
    }

    void send_if_due() {
        if (Clock::now() < due_ || outbox_.waiting().empty()) return;
        const Kept& kept = outbox_.waiting().front();
        if (!bus_.send(kept)) return;
        const double wait = std::min(std::ldexp(kFirstWait, std::min(tries_, 10)), kLastWait) * between(0.75, 1);
        std::ostringstream line;
        line << "sent " << kept.id << ", again in " << std::fixed << std::setprecision(2) << wait
             << " s without an answer\n";
        std::cerr << line.str();
        due_ = in_seconds(wait);
        ++tries_;
    }

    void take(const Event& event) {
        if (event.connected) {  // what was sent before may be lost
            due_ = {};
            return;
        }
        const auto& waiting = outbox_.waiting();
        const auto found = std::find_if(waiting.begin(), waiting.end(), [&](auto& one) { return one.id == event.id; });
        if (found != waiting.end()) learn(*found, parse(event.answer));  // else a second answer to an earlier one
    }

    int count(const std::string& kind) const {
        const auto found = counts_.find(kind);
        return found == counts_.end() ? 0 : found->second;
    }

  private:
    static std::string problems_of(const Json& answer) {
        std::string all;
        const cJSON* problem = nullptr;
        cJSON_ArrayForEach(problem, member(answer.get(), "problems")) {
            all += (all.empty() ? "" : "; ") + text_of(problem, "title") + " " + text_of(problem, "pointer");
        }
        return all;
    }

    void learn(const Kept kept, const Json& answer) {
        const std::string outcome = text_of(answer.get(), "outcome");
        const std::string problem = text_of(answer.get(), "problem");
        const auto retry = number_of(answer.get(), "retry_after_ms");
        const auto number = std::to_string(std::llround(number_of(answer.get(), "journal_number").value_or(0)));
        if (outcome == "accepted") {
            settle(kept, outcome, "safe", "journal number " + number);
        } else if (outcome == "duplicate") {
            settle(kept, outcome, "safe", "it was there already, journal number " + number);
        } else if (outcome == "quarantined") {
            settle(kept, outcome, "look", "the store has it, and a person there must look: " + problems_of(answer));
        } else if (outcome == "refused" && retry) {
            std::cout << "later " << kept.receipt << ' ' << problem << std::endl;
            due_ = in_seconds(*retry / 1000 * between(1, 1.25));
        } else if (outcome == "refused") {
            settle(kept, outcome, "refused",
                   "call somebody, the store does NOT have it: " + problem + ": " + problems_of(answer));
        } else {
            std::cerr << "an answer that nobody understands\n";  // it will be asked for again
        }
    }

    void settle(const Kept& kept, const std::string& outcome, const std::string& kind, const std::string& words) {
        outbox_.answered(kept.id, outcome);
        due_ = {};
        tries_ = 0;
        ++counts_[kind];
        std::cout << kind << ' ' << kept.receipt << ' ' << words << std::endl;
    }

    Outbox& outbox_;
    Bus& bus_;
    Clock::time_point due_{};  // of the oldest
    int tries_ = 0;
    std::map<std::string, int> counts_;
};

std::string new_id() {
    std::string id;
    std::getline(std::ifstream("/proc/sys/kernel/random/uuid") >> std::ws, id);
    if (id.empty()) throw std::runtime_error("no randomness for an id");
    return id;
}

std::string now_text() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
    return text;
}

// Amounts are in cents; below zero for what comes back. Takes `lines`.
Json transaction(const Outbox& outbox, const std::string& till, const char* type, cJSON* lines, int total) {
    Json made(cJSON_CreateObject(), cJSON_Delete);
    cJSON_AddStringToObject(made.get(), "id", new_id().c_str());
    cJSON_AddStringToObject(made.get(), "type", type);
    cJSON_AddNumberToObject(made.get(), "till_sequence", outbox.next_sequence());
    cJSON_AddStringToObject(made.get(), "occurred_at", now_text().c_str());
    cJSON_AddStringToObject(made.get(), "currency", "EUR");
    cJSON_AddStringToObject(made.get(), "receipt", (till + "-" + std::to_string(outbox.next_sequence())).c_str());
    cJSON_AddItemToObject(made.get(), "lines", lines);
    cJSON* tender = cJSON_CreateObject();
    cJSON_AddStringToObject(tender, "type", "cash");
    cJSON_AddNumberToObject(tender, "amount", total);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(made.get(), "tenders"), tender);
    cJSON_AddNumberToObject(made.get(), "total", total);
    return made;
}

Json sale(const Outbox& outbox, const Options& options) {
    cJSON* line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "sku", "85123A");
    cJSON_AddStringToObject(line, "description", options.at("description").c_str());
    cJSON_AddNumberToObject(line, "quantity", 2);
    cJSON_AddNumberToObject(line, "unit_price", 255);
    cJSON_AddNumberToObject(line, "amount", 510);
    cJSON* lines = cJSON_CreateArray();
    cJSON_AddItemToArray(lines, line);
    return transaction(outbox, options.at("till"), "sale", lines, std::stoi(options.at("total")));
}

Json taken_back(const Outbox& outbox, const Options& options) {
    const Json sold = parse(*outbox.sold(options.at("return")));
    cJSON* lines = cJSON_DetachItemFromObjectCaseSensitive(sold.get(), "lines");
    cJSON* line = nullptr;
    cJSON_ArrayForEach(line, lines) {
        for (const char* name : {"quantity", "amount"})
            cJSON_SetNumberValue(member(line, name), -number_of(line, name).value());
    }
    const int total = -static_cast<int>(number_of(sold.get(), "total").value());
    Json made = transaction(outbox, options.at("till"), "return", lines, total);
    cJSON_AddStringToObject(made.get(), "refers_to", text_of(sold.get(), "id").c_str());
    cJSON_AddStringToObject(made.get(), "original_receipt", options.at("return").c_str());
    return made;
}

Options read_options(int count, char** words) {
    Options options{{"sales", "0"}, {"description", "white hanging heart"}, {"total", "510"}};
    const char* const names[] = {"host",   "port",  "ca",     "till",        "password-file",
                                 "outbox", "sales", "return", "description", "total"};
    std::vector<option> known;
    for (const char* name : names) known.push_back({name, required_argument, nullptr, 0});
    known.push_back({});
    for (int at = 0, code = 0; (code = getopt_long(count, words, "", known.data(), &at)) != -1;) {
        if (code != 0) throw std::invalid_argument("wrong option");
        options[names[at]] = optarg;
    }
    for (const char* name : {"host", "port", "ca", "till", "password-file", "outbox"})
        if (options.count(name) == 0) throw std::invalid_argument("--" + std::string(name) + " is missing");
    return options;
}

int run(const Options& options) {
    Outbox outbox(options.at("outbox"));
    const bool returns = options.count("return") > 0;
    if (returns && outbox.sold(options.at("return")) == nullptr)
        throw std::invalid_argument("this till has no sale of that receipt to take back");
    Bus bus({options.at("host"), std::stoi(options.at("port")), options.at("ca"), options.at("till"),
             options.at("password-file")});
    Till till(outbox, bus);
    if (returns) till.sell(taken_back(outbox, options));
    int sales = std::stoi(options.at("sales"));
    while (sales > 0 || !outbox.waiting().empty()) {  // a till's own loop would go on for ever
        if (sales > 0) {
            till.sell(sale(outbox, options));
            --sales;
        }
        till.send_if_due();
        if (const auto event = bus.next(kTurn)) till.take(*event);
    }
    std::cout << "safe=" << till.count("safe") << " look=" << till.count("look") << " refused=" << till.count("refused")
              << std::endl;
    return till.count("refused") > 0 ? 1 : till.count("look") > 0 ? 3 : 0;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(read_options(count, words));
    } catch (const std::invalid_argument& fault) {
        std::cerr << fault.what() << '\n';
        return 2;
    } catch (const std::exception& fault) {
        std::cerr << fault.what() << '\n';
        return 4;
    }
}
