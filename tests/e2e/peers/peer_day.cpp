#include "tests/e2e/peers/peer_day.h"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "tests/e2e/wait.h"

namespace tillkeeper::lab {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10min;  // for slow machines with much else to do
constexpr int kTills = 2;

std::string real_sales() {
    const char* named = std::getenv("TILLKEEPER_RETAIL_CSV");
    const std::filesystem::path file = named != nullptr ? named : RETAIL_CSV;
    return std::filesystem::exists(file) ? file.string() : "";
}

}  // namespace

std::string pounds(std::int64_t pence) {
    const auto digits = std::to_string(std::abs(pence) % 100);
    return (pence < 0 ? "-" : "") + std::to_string(std::abs(pence) / 100) + (digits.size() < 2 ? ".0" : ".") + digits;
}

void PeerDay::TearDown() {
    if (!HasFailure() || !scratch_) return;
    scratch_->keep();
    std::cerr << "logs are in " << scratch_->path() << '\n';
}

void PeerDay::open(const PeerSetup& setup, const std::string& secret) {
    auto scratch = Scratch::make("tillkeeper-" + setup.name);
    ASSERT_TRUE(scratch) << scratch.error().message;
    scratch_.emplace(std::move(*scratch));
    auto peer = PeerSystem::start(scratch_->path() / "peer", setup);
    ASSERT_TRUE(peer) << peer.error().message;
    peer_.emplace(std::move(*peer));
    auto lines = peer_->destination(agent_folder(), setup.cluster.parent_path() / secret);
    ASSERT_TRUE(lines) << lines.error().message;
    lines_ = *lines;
    StoreSetup store_setup{.tills = till_names(kTills)};
    store_setup.agent.more = lines_;
    auto store = Store::open(scratch_->path(), std::move(store_setup));
    ASSERT_TRUE(store) << store.error().message;
    store_.emplace(std::move(*store));
}

void PeerDay::sell(std::int64_t sales, std::uint64_t seed) {
    const auto file = real_sales();
    sales_ = sales;
    auto tills = Tills::start(scratch_->path() / "tills", store_->broker(),
                              {.tills = kTills,
                               .sales = sales,
                               .seed = seed,
                               .from = file,
                               .library = true,
                               .more = {"--currency", "GBP", "--only-sales"}});
    ASSERT_TRUE(tills) << tills.error().message;
    tills_.emplace(std::move(*tills));
    std::cout << sales << (file.empty() ? " generated sales\n" : " real sales\n");
}

bool PeerDay::wait_rows(const std::string& count, std::int64_t at_least) {
    const auto there = [&] {
        const auto rows = peer_->rows(count);
        return rows && rows->size() == 1 && std::stoll(rows->front()) >= at_least;
    };
    return wait_until(there, kPatience, 300ms, [] {});
}

void PeerDay::go_through_trouble(const std::string& count) {
    const auto sold = [&](int part) { return sales_ * part / 10; };
    const auto kill_agent = [&] {
        store_->agent().kill();
        const auto started = store_->agent().start();
        ASSERT_TRUE(started) << started.error().message;
    };
    ASSERT_TRUE(wait_rows(count, sold(1)));
    kill_agent();
    ASSERT_TRUE(wait_rows(count, sold(3)));
    peer_->cut();
    const auto waits = [&] {
        const auto status = store_->agent().status();
        if (!status) return false;
        for (const auto& destination : (*status)["destinations"].items())
            if (destination["state"].text() == "waiting") return true;
        return false;
    };
    EXPECT_TRUE(wait_until(waits, kPatience, 50ms, [] {})) << "an outage that nobody sees";
    peer_->kill();
    const auto started = peer_->start_again();
    ASSERT_TRUE(started) << started.error().message;
    const auto mended = peer_->mend();
    ASSERT_TRUE(mended) << mended.error().message;
    ASSERT_TRUE(wait_rows(count, sold(6)));
    kill_agent();
}

std::string PeerDay::state_of(const std::string& id, const std::string& destination) const {
    const auto found = store_->agent().command({"find", id, "--json"});
    const auto where = Json::parse(found ? found->output : "");
    const auto entries = where["found"].items();
    return entries.empty() ? "" : entries[0]["destinations"][destination.c_str()].text();
}

void PeerDay::expect_all_delivered(const std::string& destination) {
    const auto finished = tills_->finish(kPatience);
    ASSERT_TRUE(finished) << finished.error().message;
    auto left = tills_->accepted_ids();
    const auto settled = [&](const std::string& id) {
        const auto state = state_of(id, destination);
        return state == "delivered" || state == "not_sent";  // it does not subscribe to each type
    };
    const auto done = [&] {
        while (!left.empty() && settled(*left.begin())) left.erase(left.begin());
        return left.empty();
    };
    EXPECT_TRUE(wait_until(done, kPatience, 200ms, [] {})) << left.size() << " are not delivered, " << *left.begin();
    const auto queue = store_->agent().command({"queue", "list", "--json"});
    ASSERT_TRUE(queue) << queue.error().message;
    EXPECT_TRUE(Json::parse(queue->output)["items"].items().empty()) << queue->output;
}

void PeerDay::add_destination(const std::string& lines) {
    EXPECT_EQ(store_->agent().stop(), 0);
    AgentSetup setup = store_->agent().setup();
    lines_ += lines;
    setup.more = lines_;
    auto agent = Agent::make(agent_folder(), std::move(setup));
    ASSERT_TRUE(agent) << agent.error().message;
    store_->agent() = std::move(*agent);
    const auto started = store_->agent().start();
    ASSERT_TRUE(started) << started.error().message;
}

std::string PeerDay::blind(const std::string& program, const std::string& nothing) {
    return "(.answers |= (if .find then . else .find = {status: 200, headers: {}, body: " + nothing +
           "} end)) as $in | ($in | (\n" + program +
           "\n)) | if .outcome and $in.answers.found_after_all == null then"
           " {outcome: \"rejected\", reason: \"it was not told that it is there\"} else . end\n";
}

std::map<std::string, Booked> PeerDay::journal(const std::string& destination) {
    std::map<std::string, Booked> all;
    for (const auto& id : tills_->accepted_ids()) {
        const auto found = store_->agent().command({"find", id, "--json"});
        const auto where = Json::parse(found ? found->output : "");
        const auto entries = where["found"].items();
        EXPECT_EQ(entries.size(), 1U) << id;
        if (entries.size() != 1) continue;
        Booked booked;
        booked.number = entries[0]["number"].number();
        booked.type = entries[0]["type"].text();
        booked.state = entries[0]["destinations"][destination.c_str()].text();
        booked.document = entries[0]["documents"][destination.c_str()].text();
        const auto shown = store_->agent().command({"queue", "show", std::to_string(booked.number), "--json"});
        const auto entry = Json::parse(shown ? shown->output : "");
        booked.transaction = Json::parse(entry["entry"]["transaction"].dump());
        booked.total = booked.transaction["total"].number();
        booked.member_id = booked.transaction["member_id"].text();
        all.emplace(id, std::move(booked));
    }
    return all;
}

std::map<std::string, std::string> PeerDay::rows(const std::string& query) {
    std::map<std::string, std::string> all;
    const auto rows = peer_->rows(query);
    EXPECT_TRUE(rows) << rows.error().message;
    if (!rows) return all;
    for (const auto& row : *rows) {
        const auto bar = row.find('|');
        const bool fresh = all.emplace(row.substr(0, bar), bar == std::string::npos ? "" : row.substr(bar + 1)).second;
        EXPECT_TRUE(fresh) << "twice: " << row;
    }
    return all;
}

}  // namespace tillkeeper::lab
