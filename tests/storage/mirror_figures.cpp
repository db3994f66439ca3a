// Measures the mirrors alone: mirror_figures FOLDER RECORDS
// Members with three search keys each: a first load, look-ups, changes, a full refresh with its tidying. Prints rows
// per second, bytes, and what the process wrote.
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "storage/mirror_reader.h"

namespace {

using namespace tillkeeper;
using Clock = std::chrono::steady_clock;

std::mt19937_64& random_numbers() {
    static std::mt19937_64 random(1);
    return random;
}

storage::MirrorRow member(std::uint64_t n, std::uint64_t version) {
    const std::string id = std::to_string(10'000'000 + n);
    storage::MirrorRow row;
    row.key = id;
    row.search = {{"card", "2900" + id + "7"}, {"phone", "4930" + id}, {"email", "member." + id + "@example.org"}};
    row.body = R"({"member_id":")" + id + R"(","name":"Member )" + id + R"(","tier":")" +
               (n % 7 == 0 ? "gold" : "basic") + R"(","points":)" + std::to_string((n * 7919 + version * 13) % 5000) +
               R"(,"card":"2900)" + id + R"(7","phone":"+49 30 )" + id + R"(","email":"member.)" + id +
               R"(@example.org","birthday":"1980-01-02","since":"2019-05-17","consent":["mail"]})";
    return row;
}

void check(const Result<void>& done) {
    if (done) return;
    std::fprintf(stderr, "%s\n", done.error().message.c_str());
    std::exit(1);
}

double written_mib() {
    std::ifstream file("/proc/self/io");
    std::string word;
    std::uint64_t bytes = 0;
    while (file >> word)
        if (word == "write_bytes:") file >> bytes;
    return static_cast<double>(bytes) / (1 << 20);
}

double resident_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Prints what one step cost.
class Step {
  public:
    explicit Step(const char* name) : name_(name) {}
    void end(std::uint64_t count, const storage::Mirrors& mirrors) const {
        const std::chrono::duration<double> took = Clock::now() - begun_;
        std::printf(
            "%-14s %9llu in %6.1f s: %8.0f/s, %5.0f bytes each, written %7.1f MiB, resident %4.0f MiB, slowest %5.1f "
            "ms\n",
            name_, static_cast<unsigned long long>(count), took.count(), static_cast<double>(count) / took.count(),
            static_cast<double>(mirrors.bytes()) / static_cast<double>(count), written_mib() - written_, resident_mib(),
            slowest_);
        std::fflush(stdout);
    }
    template <typename Call>
    auto timed(Call call) {
        const auto begun = Clock::now();
        auto result = call();
        slowest_ = std::max(slowest_, std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
        return result;
    }

  private:
    const char* name_;
    Clock::time_point begun_ = Clock::now();
    double written_ = written_mib();
    double slowest_ = 0;
};

void full_run(storage::Mirrors& mirrors, std::uint64_t records, std::uint64_t version, const char* name) {
    Step step(name);
    check(mirrors.begin("members", {.full = true, .started = WallTime(std::chrono::hours(version))}));
    std::vector<storage::MirrorRow> rows;
    for (std::uint64_t n = 0; n < records;) {
        rows.clear();
        for (; n < records && rows.size() < storage::kMirrorPageRowsMax; ++n) rows.push_back(member(n, version));
        check(step.timed([&] { return mirrors.apply("members", rows, "page"); }));
    }
    step.end(records, mirrors);
    Step finish("  finish");
    Result<bool> more = true;
    while (more && *more) more = finish.timed([&] { return mirrors.prepare_finish("members"); });
    check(finish.timed([&] { return mirrors.finish("members", "c", ""); }));
    finish.end(records, mirrors);
    Step tidy("  tidy");
    for (more = true; more && *more;) more = tidy.timed([&] { return mirrors.tidy(); });
    tidy.end(records, mirrors);
}

void changes(storage::Mirrors& mirrors, std::uint64_t records) {
    Step step("changes");
    constexpr std::uint64_t kChanged = 20'000;
    check(mirrors.begin("members", {.full = false, .started = WallTime(std::chrono::hours(1000))}));
    for (std::uint64_t done = 0; done < kChanged; done += 500) {
        std::vector<storage::MirrorRow> rows;
        for (int i = 0; i < 500; ++i) rows.push_back(member(random_numbers()() % records, done + 77));
        check(step.timed([&] { return mirrors.apply("members", rows, "page"); }));
    }
    check(mirrors.finish("members", "c", ""));
    for (Result<bool> more = true; more && *more;) more = step.timed([&] { return mirrors.tidy(); });
    step.end(kChanged, mirrors);
}

void lookups(const storage::MirrorOptions& options, const storage::Mirrors& mirrors, std::uint64_t records) {
    auto reader = storage::MirrorReader::open(options);
    if (!reader) return;
    constexpr std::uint64_t kLookups = 100'000;
    Step keys("by key");
    for (std::uint64_t i = 0; i < kLookups; ++i) {
        const auto key = std::to_string(10'000'000 + random_numbers()() % records);
        auto hit = keys.timed([&] { return (*reader)->get("members", key); });
        if (!hit || !*hit) std::printf("not found\n");
    }
    keys.end(kLookups, mirrors);
    Step search("by phone");
    for (std::uint64_t i = 0; i < kLookups; ++i) {
        const auto phone = "4930" + std::to_string(10'000'000 + random_numbers()() % records);
        auto hits = search.timed([&] { return (*reader)->find("members", {"phone", phone}, 5); });
        if (!hits || hits->size() != 1) std::printf("not found\n");
    }
    search.end(kLookups, mirrors);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view count = argc == 3 ? argv[2] : "";
    std::uint64_t records = 0;
    std::from_chars(count.data(), count.data() + count.size(), records);
    if (records == 0) return std::fprintf(stderr, "mirror_figures FOLDER RECORDS\n"), 2;
    storage::MirrorOptions options;
    options.folder = argv[1];
    options.key = std::string(32, 'k');
    std::string anew;
    auto mirrors = storage::Mirrors::open(options, anew);
    if (!mirrors) return std::fprintf(stderr, "%s\n", mirrors.error().message.c_str()), 1;
    full_run(**mirrors, records, 1, "first load");
    lookups(options, **mirrors, records);
    changes(**mirrors, records);
    full_run(**mirrors, records, 2, "full refresh");
    std::printf("file %.1f MiB\n", static_cast<double>((*mirrors)->bytes()) / (1 << 20));
    return 0;
}
