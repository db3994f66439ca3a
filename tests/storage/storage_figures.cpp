// Measures the journal alone: storage_figures FOLDER SALES GROUP ids|random [BLOCK_DEVICE]
// Prints sales per second of the wall and of the processor, and, when FOLDER lies on BLOCK_DEVICE (such as loop0),
// bytes written to it per byte of JSON.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "storage/journal.h"

namespace {

using namespace tillkeeper;

const std::vector<std::string> kWords = {"white",   "hanging", "heart",  "lantern", "metal",  "cream",
                                         "coat",    "hanger",  "union",  "flag",    "bottle", "knitted",
                                         "retro",   "teapot",  "cotton", "frame",   "blue",   "glass",
                                         "doormat", "card",    "party",  "bunting", "jumbo",  "bag"};

std::string hex_id(std::uint64_t high, std::uint64_t low) {
    std::string id(36, '-');
    std::snprintf(id.data(), id.size() + 1, "%08x-%04x-7%03x-9%03x-%012llx", static_cast<unsigned>(high >> 32),
                  static_cast<unsigned>(high >> 16 & 0xffff), static_cast<unsigned>(high & 0xfff),
                  static_cast<unsigned>(low >> 48 & 0xfff), static_cast<unsigned long long>(low & 0xffffffffffff));
    return id;
}

storage::NewEntry sale(std::mt19937_64& random, std::uint64_t n, bool random_id) {
    storage::NewEntry entry;
    const auto till = n % 8 + 1;
    const std::uint64_t time = 0x0193485e7a3c0000ULL + (n << 20);
    entry.till = "till-0" + std::to_string(till);
    entry.till_sequence = static_cast<std::int64_t>(n / 8);
    entry.transaction_id = hex_id(random_id ? random() : time, random());
    entry.type = "sale";
    entry.business_day = "2026-11-20";
    entry.occurred_at = "2026-11-20T10:42:07.120+01:00";
    entry.receipt = "0042-0" + std::to_string(till) + "-" + std::to_string(100000 + n / 8);
    entry.arrival = {WallTime(Duration(1'795'000'000'000'000 + static_cast<std::int64_t>(n) * 1000)),
                     MonotonicTime(Duration(static_cast<std::int64_t>(n) * 1000)), "b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0",
                     true};
    std::string lines;
    while (lines.size() < 880) {
        const auto price = 50 + random() % 2000;
        const auto quantity = 1 + random() % 12;
        lines += std::string(lines.empty() ? "" : ",") + R"({"sku":")" + std::to_string(10000 + random() % 90000) +
                 R"(","description":")" + kWords[random() % kWords.size()] + " " + kWords[random() % kWords.size()] +
                 " " + kWords[random() % kWords.size()] + R"(","quantity":)" + std::to_string(quantity) +
                 R"(,"unit_price":)" + std::to_string(price) + R"(,"amount":)" + std::to_string(price * quantity) + "}";
    }
    entry.body = R"({"id":")" + entry.transaction_id + R"(","type":"sale","till_sequence":)" +
                 std::to_string(*entry.till_sequence) + R"(,"occurred_at":")" + entry.occurred_at +
                 R"(","business_day":"2026-11-20","currency":"EUR","receipt":")" + entry.receipt + R"(","lines":[)" +
                 lines + R"(],"tenders":[{"type":"card","amount":1530}],"total":1530,"member_id":")" +
                 std::to_string(12000 + random() % 6000) + R"("})";
    return entry;
}

std::uint64_t device_bytes(const std::string& device) {
    std::ifstream stat("/sys/block/" + device + "/stat");
    std::uint64_t field = 0;
    for (int i = 0; i < 7; ++i) stat >> field;
    return field * 512;
}

void sync_all(const std::string& folder) {
    const int file = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC);
    ::syncfs(file);
    ::close(file);
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Totals {
    double seconds = 0;
    double cpu = 0;
    std::uint64_t json = 0;
};

Totals run(storage::Journal& journal, std::uint64_t sales, std::size_t group, bool random_ids) {
    std::mt19937_64 random(20261121);
    Totals totals;
    std::vector<storage::NewEntry> entries;
    const std::uint64_t wal_max = group == 1 ? 1u << 20 : 16u << 20;
    for (std::uint64_t n = 0; n < sales;) {
        entries.clear();
        for (; entries.size() < group && n < sales; ++n) {
            entries.push_back(sale(random, n, random_ids));
            totals.json += entries.back().body.size();
        }
        const double cpu = cpu_seconds();
        const auto start = std::chrono::steady_clock::now();
        if (!journal.commit(entries, {})) std::abort();
        if (journal.wal_bytes() > wal_max && !journal.checkpoint()) std::abort();
        totals.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        totals.cpu += cpu_seconds() - cpu;
    }
    return totals;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        std::fputs("storage_figures FOLDER SALES GROUP ids|random [BLOCK_DEVICE]\n", stderr);
        return 2;
    }
    const std::string folder = argv[1];
    const std::string device = argc > 5 ? argv[5] : "";
    auto journal = storage::Journal::open({.folder = folder, .key = "", .vfs = ""});
    if (!journal) return 1;
    sync_all(folder);
    const auto before = device.empty() ? 0 : device_bytes(device);
    const Totals totals = run(**journal, std::stoull(argv[2]), std::stoul(argv[3]), std::string(argv[4]) == "random");
    if (!(*journal)->checkpoint()) return 1;
    sync_all(folder);
    const double sales = std::stod(argv[2]);
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("sales=%s group=%s ids=%s bytes/sale=%.0f sales/s=%.0f sales/cpu_s=%.0f rss_kib=%ld", argv[2], argv[3],
                argv[4], static_cast<double>(totals.json) / sales, sales / totals.seconds, sales / totals.cpu,
                usage.ru_maxrss);
    if (!device.empty())
        std::printf(" written/json=%.2f",
                    static_cast<double>(device_bytes(device) - before) / static_cast<double>(totals.json));
    std::puts("");
    return 0;
}
