// f: how long a till waits for a look-up that the copies answer, and what many copies take of memory and disk.
//
// The network is cut; the keys are spread at random over all that is there. README.md tells which limit is beside it.
#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "tests/bench/asking_tills.h"
#include "tests/bench/figures.h"
#include "tests/bench/fill_mirrors.h"
#include "tests/bench/resident.h"
#include "tests/bench/sample_members.h"
#include "tests/e2e/wait.h"
#include "tests/fakes/seeded_random.h"

namespace tillkeeper::bench {
namespace {

constexpr int kFresh = 7 * 24 * 3600;  // s: the copies of the run before are not too old

using Places = fakes::SeededRandom;

// One way to ask. `share`: of the usual number of questions.
struct Kind {
    std::string name;
    Question (*ask)(Places& places, const Options& options);
    double share = 1;
    Goal goal = at_most(1.5);
};

std::uint64_t any_member(Places& places, const Options& options) {
    return places.below(static_cast<std::uint64_t>(options.members));
}

Question members_by(const std::string& by, std::string answer) {
    return {.topic = "lookups/members", .payload = by, .id = {}, .answer = std::move(answer)};
}

Question by_card(Places& places, const Options& options) {
    const auto place = any_member(places, options);
    return members_by(R"("by":{"card_barcode":")" + member_card(place) + "\"}", R"({"member_id":")" + member_id(place));
}

Question by_phone(Places& places, const Options& options) {
    const auto place = any_member(places, options);
    return members_by(R"("by":{"phone":")" + member_phone(place) + "\"}", R"({"member_id":")" + member_id(place));
}

Question by_id(Places& places, const Options& options) {
    const auto place = any_member(places, options);
    return members_by(R"("key":")" + member_id(place) + '"', R"({"member_id":")" + member_id(place));
}

Question by_gtin(Places& places, const Options& options) {
    const auto place = places.below(static_cast<std::uint64_t>(options.products));
    return {.topic = "lookups/products",
            .payload = R"("by":{"gtin":")" + product_gtin(place) + "\"}",
            .id = {},
            .answer = R"({"sku":")" + sku(place)};
}

Question by_unknown_card(Places& places, const Options& options) {
    const auto place = static_cast<std::uint64_t>(options.members) + any_member(places, options);
    return members_by(R"("by":{"card_barcode":")" + member_card(place) + "\"}", R"("outcome":"not_found")");
}

// All but the last digit: ten members have it.
Question by_beginning(Places& places, const Options& options) {
    std::string phone = member_phone(any_member(places, options));
    phone.back() = '*';
    return members_by(R"("by":{"phone":")" + phone + "\"}", R"("outcome":"found")");
}

// All but the last four: more than are looked at.
Question by_short_beginning(Places& places, const Options& options) {
    const std::string phone = member_phone(any_member(places, options));
    return members_by(R"("by":{"phone":")" + phone.substr(0, phone.size() - 4) + "*\"}", R"("outcome":"found")");
}

const std::vector<Kind> kKinds{{"member by card", by_card},
                               {"member by phone", by_phone},
                               {"member by id", by_id},
                               {"product by GTIN", by_gtin},
                               {"unknown card", by_unknown_card},
                               {"10 members by the beginning of a phone", by_beginning, 0.5, {}},
                               {"20 of 10000 by the beginning of a phone", by_short_beginning, 0.05, {}}};

// Random questions of that kind with ids of their own; `echoed`: any answer will do.
AskingTills::Ask asking(const Kind& kind, Store& store, bool echoed) {
    return [&kind, &store, echoed, places = Places(store.next_seed()), number = 0](std::size_t) mutable {
        Question question = kind.ask(places, store.options());
        question.id = "r-" + std::to_string(++number);
        question.payload = R"({"request_id":")" + question.id + "\"," + question.payload + "}";
        if (echoed) question.answer.clear();
        return question;
    };
}

std::int64_t questions(const Store& store, const Kind& kind, int tills) {
    const auto usual = static_cast<double>(store.options().sales) * (tills == 1 ? 1 : 2) / 5;
    return std::max<std::int64_t>(static_cast<std::int64_t>(usual * kind.share), 20);
}

Result<Waits> ask(Store& store, AskingTills& tills, const Kind& kind, std::int64_t count, bool echoed) {
    std::int64_t asked = 0;
    auto next = asking(kind, store, echoed);
    return tills.run(
        [&](std::size_t till) {
            ++asked;
            return next(till);
        },
        {}, [&] { return asked >= count; });
}

struct Times {
    std::vector<double> ours_p50, ours_p99, echo_p50, echo_p99;
};

void add_row(Store& store, const std::string& name, const Times& times, Goal goal) {
    const auto both = [](const std::vector<double>& p50, const std::vector<double>& p99) {
        return with_unit(median(p99), 0, "us") + ", p50 " + with_unit(median(p50), 0, "us");
    };
    store.add({.name = name,
               .ours = both(times.ours_p50, times.ours_p99),
               .limit = both(times.echo_p50, times.echo_p99) + " bare echo",
               .judged = median(times.ours_p99) / median(times.echo_p99),
               .unit = "x",
               .goal = goal});
}

Result<void> measure_kind(Store& store, const Kind& kind, int tills) {
    auto ours = AskingTills::connect(store.bus(), tills);
    if (!ours) return std::unexpected(ours.error());
    auto echo = AskingTills::connect(store.echo_bus(), tills);
    if (!echo) return std::unexpected(echo.error());
    Times times;
    const auto count = questions(store, kind, tills);
    for (int i = 0; i < store.options().repetitions; ++i) {
        const auto echoed = ask(store, **echo, kind, count, true);
        if (!echoed) return std::unexpected(echoed.error());
        const auto answered = ask(store, **ours, kind, count, false);
        if (!answered) return std::unexpected(answered.error());
        times.echo_p50.push_back(echoed->at(0.5));
        times.echo_p99.push_back(echoed->at(0.99));
        times.ours_p50.push_back(answered->at(0.5));
        times.ours_p99.push_back(answered->at(0.99));
    }
    add_row(store, "look-up, " + kind.name + ", " + std::to_string(tills) + (tills == 1 ? " till" : " tills") + ", p99",
            times, kind.goal);
    return {};
}

// With the copies in `data`, after the same look-ups whatever they hold; `members` and `products` are there.
Result<Memory> memory_with(Store& store, lab::Agent& agent) {
    auto tills = AskingTills::connect(store.bus(), kTills);
    if (!tills) return std::unexpected(tills.error());
    for (const auto& kind : kKinds)
        if (auto asked = ask(store, **tills, kind, questions(store, kind, kTills), true); !asked)
            return std::unexpected(asked.error());
    return memory_of(agent.process()->pid());
}

Result<lab::Agent> start_agent(Store& store, const std::filesystem::path& data) {
    auto agent = store.agent(
        data, {store.cloud().destination("bench")},
        store.cloud().collection(members_config(), kFresh) + store.cloud().collection(products_config(), kFresh));
    if (!agent) return agent;
    if (auto started = agent->start(); !started) return std::unexpected(started.error());
    const auto settled = std::chrono::steady_clock::now() + store.options().settling;
    static_cast<void>(
        lab::wait_until([&] { return std::chrono::steady_clock::now() >= settled; }, 2 * store.options().settling));
    return agent;
}

Result<Memory> memory_with_few(Store& store) {
    const auto data = store.folder() / "few-mirrors";
    const auto few = [](std::int64_t many) {
        return static_cast<std::uint64_t>(std::max<std::int64_t>(many / 100, 100));
    };
    if (auto filled = fill_mirrors(data, few(store.options().members), few(store.options().products)); !filled)
        return std::unexpected(filled.error());
    auto agent = start_agent(store, data);
    if (!agent) return std::unexpected(agent.error());
    auto memory = memory_with(store, *agent);
    static_cast<void>(agent->stop());
    return memory;
}

void add_memory_rows(Store& store, const Memory& few, const Memory& many) {
    const auto said = [](const Memory& memory) {
        return with_unit(memory.resident, 1, "MiB") + ", of it anonymous " + with_unit(memory.anonymous, 1, "MiB");
    };
    const auto rows = store.options().members + store.options().products;
    store.add({.name = "resident memory after look-ups in " + std::to_string(rows) + " copies, the difference",
               .ours = said(many),
               .limit = said(few) + " with " + std::to_string(rows / 100),
               .judged = many.resident - few.resident,
               .unit = "MiB",
               .goal = at_most(2)});
}

void add_disk_rows(Store& store, const FilledMirrors& filled) {
    const auto add = [&](const std::string& name, const FilledCollection& one, std::int64_t count) {
        const auto each = [&](double bytes) { return with_unit(bytes / static_cast<double>(count), 0, "B"); };
        const auto bytes = static_cast<double>(one.file_bytes);
        store.add({.name = std::to_string(count) + " " + name + " on disk",
                   .ours = with_unit(bytes / (1 << 20), 0, "MiB") + ", " + each(bytes) + " each, filled in " +
                           with_unit(one.seconds, 0, "s"),
                   .limit = each(one.json_bytes) + " of JSON each",
                   .judged = bytes / one.json_bytes,
                   .unit = "x",
                   .goal = {}});
    };
    add("members", filled.members, store.options().members);
    add("products", filled.products, store.options().products);
}

// All of the file is in the system's memory, where there is room for it.
void read_all(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::vector<char> buffer(std::size_t{1} << 20);
    while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()))) {
    }
}

// What the system keeps of the file is forgotten: each look-up reads from the disk.
void forget_cached(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    ::close(descriptor);
}

// Filled once, and noted beside what it is.
Result<FilledMirrors> kept_or_filled(Store& store, const std::filesystem::path& data) {
    const auto members = static_cast<std::uint64_t>(store.options().members);
    const auto products = static_cast<std::uint64_t>(store.options().products);
    const auto note = data / "filled";
    FilledMirrors filled;
    std::uint64_t has_members = 0;
    std::uint64_t has_products = 0;
    if (std::ifstream kept(note); kept >> has_members >> has_products >> filled.members >> filled.products) {
        if (has_members == members && has_products == products) return filled;
        return fail(ErrorCode::kInvalid, "other copies are kept in " + data.string());
    }
    auto made = fill_mirrors(data, members, products);
    if (made)
        std::ofstream(note) << members << ' ' << products << ' ' << made->members << ' ' << made->products << '\n';
    return made;
}

}  // namespace

Result<void> measure_lookups(Store& store) {
    if (auto cut = store.cloud().control().cut_network(); !cut) return cut;
    const auto data =
        store.options().mirrors.empty() ? store.folder() / "mirrors" : std::filesystem::path(store.options().mirrors);
    const auto filled = kept_or_filled(store, data);
    if (!filled) return std::unexpected(filled.error());
    const auto few = memory_with_few(store);
    if (!few) return std::unexpected(few.error());
    auto agent = start_agent(store, data);
    if (!agent) return std::unexpected(agent.error());
    const auto many = memory_with(store, *agent);
    if (!many) return std::unexpected(many.error());
    read_all(data / "mirrors.db");
    for (const auto& kind : kKinds)
        for (const int tills : {1, kTills})
            if (auto done = measure_kind(store, kind, tills); !done) return done;
    forget_cached(data / "mirrors.db");
    if (auto done = measure_kind(store, {"member by card, from the disk", by_card, 0.2, {}}, 1); !done) return done;
    add_memory_rows(store, *few, *many);
    add_disk_rows(store, *filled);
    return {};
}

}  // namespace tillkeeper::bench
