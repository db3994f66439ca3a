// fleet: ten thousand stores come back from a national outage, and there is one ERP. See README.md.
//
//   fleet --runs 3 --seed 1      exit 1 when the ERP was overrun, or the last store was late
//   fleet --plot FILE            draws the first run

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <string>

#include "tests/fleet/outage.h"
#include "tests/fleet/plot.h"

namespace {

using namespace tillkeeper::fleet;

void tell(const Plan& plan, const Course& course) {
    const double rate = plan.gateway.per_second;
    const double optimum = optimum_of(course, rate);
    const auto done = [&](double share) {
        if (course.done_at.empty()) return 0.0;
        return course.done_at[static_cast<std::size_t>(share * static_cast<double>(course.done_at.size() - 1))];
    };
    std::printf(
        "seed=%llu stores=%zu needed=%llu offered=%llu refused=%llu peak=%.2f optimum_s=%.0f median_s=%.0f p99_s=%.0f "
        "last_s=%.0f last=%.2f hash=%016llx\n",
        static_cast<unsigned long long>(plan.seed), course.done_at.size(),
        static_cast<unsigned long long>(course.requests_needed), static_cast<unsigned long long>(course.requests),
        static_cast<unsigned long long>(course.refused), peak_of(course, rate), optimum, done(0.5), done(0.99), done(1),
        done(1) / optimum, static_cast<unsigned long long>(course.hash));
    std::fflush(stdout);
}

bool draw(const std::string& path, const Plan& plan, const Course& course) {
    std::ofstream file(path);
    file << plot(plan, course);
    if (file.flush()) return true;
    std::fprintf(stderr, "fleet: %s cannot be written\n", path.c_str());
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    Plan plan;
    int runs = 1;
    double spread = 30;
    std::string picture;
    bool no_pacing = false;
    bool no_fields = false;
    bool replay = false;
    CLI::App app("A fleet of stores that comes back from an outage, and the one ERP that they all need.", "fleet");
    app.add_option("--stores", plan.stores, "How many")->capture_default_str()->check(CLI::Range(1, 1'000'000));
    app.add_option("--seed", plan.seed, "Of the first run")->capture_default_str();
    app.add_option("--runs", runs, "One seed after the other")->capture_default_str();
    app.add_option("--hours", plan.hours, "How long the outage was")
        ->capture_default_str()
        ->check(CLI::Range(0.1, 700.0));
    app.add_option("--sales", plan.sales_per_hour, "Of the median store, in an hour")->capture_default_str();
    app.add_option("--sigma", plan.sigma, "How much stores differ (log-normal)")->capture_default_str();
    app.add_option("--rate", plan.gateway.per_second, "Requests that the ERP takes in a second")->capture_default_str();
    app.add_option("--spread", spread, "reconnect_spread_s of the stores")->capture_default_str();
    app.add_flag("--no-fields", no_fields, "The gateway says 429 and Retry-After, and nothing of quotas");
    app.add_flag("--no-pacing", no_pacing, "A control: backoff and Retry-After alone");
    app.add_flag("--replay", replay, "Each run twice: the same to the last bit");
    app.add_option("--plot", picture, "Draw the first run into this file (SVG)");
    CLI11_PARSE(app, argc, argv);
    plan.policy.paced = !no_pacing;
    plan.policy.reconnect_spread = tillkeeper::Duration(static_cast<std::int64_t>(spread * 1e6));
    plan.gateway.tells = !no_fields;
    int faults = 0;
    for (int run = 0; run < runs; ++run, ++plan.seed) {
        const Course course = play(plan);
        tell(plan, course);
        if (run == 0 && !picture.empty() && !draw(picture, plan, course)) return 2;
        std::string fault = fault_of(course, plan.gateway.per_second);
        if (replay && play(plan).hash != course.hash) fault += "another course at the second time";
        if (fault.empty()) continue;
        std::printf("seed=%llu broken: %s\n", static_cast<unsigned long long>(plan.seed), fault.c_str());
        ++faults;
    }
    std::printf("runs=%d broken=%d\n", runs, faults);
    return faults == 0 ? 0 : 1;
}
