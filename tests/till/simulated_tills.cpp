// simulated-tills: the tills of a store. README.md tells what they do, print and take.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "tests/till/shift.h"

namespace {

volatile std::sig_atomic_t stop_asked = 0;

struct Wishes {
    tillkeeper::till::ShiftOptions shift;
    std::string broker = "127.0.0.1:1883";
    int progress_fd = -1;
    bool json = false;
    bool commands = false;
    long long deadline_s = 0;
    long long timeout_ms = 2000;
};

void add_options(CLI::App& app, Wishes& wishes) {
    auto& shift = wishes.shift;
    app.add_option("--broker", wishes.broker, "host:port")->capture_default_str();
    app.add_option("--ca", shift.broker.ca_file, "speak TLS; the broker's certificate chains to this CA");
    app.add_option("--users", shift.users_file, "name:password lines; all but tillkeeper are tills")->required();
    app.add_option("--tills", shift.tills, "how many")->capture_default_str()->check(CLI::Range(1, 1000));
    app.add_option("--sales", shift.sales, "transactions of all tills together; of a file the first N invoices");
    app.add_option("--seed", shift.seed, "the same sales for the same seed")->capture_default_str();
    app.add_option("--in-flight", shift.in_flight, "unanswered sales per till")->check(CLI::Range(1, 10000));
    app.add_option("--rate", shift.rate, "sales per second of each till; 0: as fast as answers come");
    app.add_option("--mqtt", shift.mqtt)->check(CLI::IsMember({"5", "311", "mixed"}))->capture_default_str();
    app.add_option("--from", shift.from, "a CSV in the UCI Online Retail form, plain or .gz");
    app.add_option("--bytes", shift.bytes, "generated sales of about this size instead of the real shape");
    app.add_option("--currency", shift.currency)->check(CLI::IsMember({"GBP", "EUR"}));
    app.add_flag("--only-sales", shift.only_sales, "generate no opening, closing and cash movement");
    app.add_option("--outbox", shift.outbox, "keeps the tills' memory over their restart");
    app.add_option("--library", shift.library, "a folder: go through the till library, outboxes there")
        ->check(CLI::ExistingDirectory)
        ->excludes("--outbox");
    app.add_option("--ids", shift.ids, "append one line of JSON per answer there");
    app.add_flag("--poison", shift.poison, "the first till's first sale is paid by barter, which the ERP rejects");
    app.add_option("--timeout-ms", wishes.timeout_ms, "hand over again after this")->check(CLI::Range(10, 600000));
    app.add_option("--deadline", wishes.deadline_s, "seconds; exit 3 if something is unanswered then");
    app.add_option("--progress-fd", wishes.progress_fd, "one line of JSON four times a second there");
    app.add_flag("--json", wishes.json, "the same on standard output");
    app.add_flag("--commands", wishes.commands, "read commands from standard input");
}

bool take_broker(Wishes& wishes) {
    const auto colon = wishes.broker.rfind(':');
    if (colon == std::string::npos || colon + 1 == wishes.broker.size()) return false;
    wishes.shift.broker.host = wishes.broker.substr(0, colon);
    wishes.shift.broker.port = std::atoi(wishes.broker.c_str() + colon + 1);
    wishes.shift.deadline = std::chrono::seconds(wishes.deadline_s);
    wishes.shift.timeout = std::chrono::milliseconds(wishes.timeout_ms);
    return wishes.shift.broker.port > 0 && wishes.shift.broker.port < 65536;
}

int exit_code(tillkeeper::till::Shift::End end) {
    using End = tillkeeper::till::Shift::End;
    switch (end) {
        case End::kAllAnswered:
            return 0;
        case End::kKeptRefused:
            return 1;
        case End::kDeadline:
            return 3;
        case End::kStopped:
            return 4;
    }
    return 1;
}

int run(Wishes wishes) {
    std::FILE* progress = wishes.json ? stdout : nullptr;
    if (wishes.progress_fd >= 0) progress = fdopen(wishes.progress_fd, "w");
    auto shift = tillkeeper::till::Shift::prepare(std::move(wishes.shift), progress);
    if (!shift) {
        std::fprintf(stderr, "simulated-tills: %s\n", shift.error().message.c_str());
        return 2;
    }
    if (wishes.commands) (*shift)->take_commands(0);
    const auto end = (*shift)->run([] { return stop_asked != 0; });
    std::printf("%s\n", (*shift)->summary().c_str());
    return exit_code(end);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "The tills of a store, simulated. Exit 0: all answered; 1: a till keeps what was refused; "
        "2: wrong usage; 3: the deadline; 4: stopped.");
    Wishes wishes;
    add_options(app, wishes);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (!take_broker(wishes)) {
        std::fprintf(stderr, "simulated-tills: --broker is host:port\n");
        return 2;
    }
    std::signal(SIGTERM, [](int) { stop_asked = 1; });
    std::signal(SIGINT, [](int) { stop_asked = 1; });
    std::signal(SIGPIPE, SIG_IGN);
    return run(std::move(wishes));
}
