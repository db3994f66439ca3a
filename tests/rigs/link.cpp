#include "tests/rigs/link.h"

#include <sys/mount.h>

#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"
#include "tests/rigs/programs.h"

namespace tillkeeper::rigs {
namespace {

constexpr auto kStartMax = std::chrono::seconds(10);
constexpr const char* kLocal = "127.0.0.1 localhost\n";
constexpr const char* kCloud = "10.77.0.2 cloud.test\n";

}  // namespace

Result<void> Link::run(std::vector<std::string> command) {
    std::string words;
    for (const auto& word : command) words += word + ' ';
    const auto done = lab::run_command(std::move(command), folder_);
    if (!done) return std::unexpected(done.error());
    return done->status == 0 ? Result<void>{} : fail(ErrorCode::kUnavailable, words + ": " + done->errors);
}

std::vector<std::string> Link::far_launcher() const {
    return {"nsenter", "--net=/proc/" + std::to_string(relay_.pid()) + "/ns/net"};
}

Result<void> Link::run_far(std::vector<std::string> command) {
    auto all = far_launcher();
    all.insert(all.end(), command.begin(), command.end());
    return run(std::move(all));
}

Result<Link> Link::lay(const std::filesystem::path& folder) {
    lab::ProcessOptions options;
    options.command = {kRelay, "wan"};
    options.output = folder / "relay.out";
    options.errors = folder / "relay.err";
    options.listens = true;
    auto relay = lab::Process::start(options);
    if (!relay) return std::unexpected(relay.error());
    Link link(folder, std::move(*relay));
    const auto settled = [&] { return !link.relay_.running() || lab::read_file(options.output) == "ready\n"; };
    if (!lab::wait_until(settled, kStartMax) || !link.relay_.running())
        return fail(ErrorCode::kUnavailable, "the relay does not start: " + lab::read_file(options.errors));
    if (auto done = link.configure(); !done) return std::unexpected(done.error());
    if (auto done = link.cover_names(); !done) return std::unexpected(done.error());
    if (auto done = link.mend(); !done) return std::unexpected(done.error());
    return link;
}

Result<void> Link::configure() {
    const auto far = std::to_string(relay_.pid());
    for (const auto& each : std::vector<std::vector<std::string>>{
             {"ip", "link", "set", "lo", "up"},
             {"ip", "link", "add", "aside", "type", "veth", "peer", "name", "aside", "netns", far},
             {"ip", "address", "add", "10.77.0.1/24", "dev", "wan"},
             {"ip", "address", "add", "10.77.1.1/24", "dev", "aside"},
             {"ip", "link", "set", "aside", "up"}})
        if (auto done = run(each); !done) return done;
    for (const auto& each :
         std::vector<std::vector<std::string>>{{"ip", "link", "set", "lo", "up"},
                                               {"ip", "address", "add", "10.77.0.2/24", "dev", "wan"},
                                               {"ip", "address", "add", "10.77.1.2/24", "dev", "aside"},
                                               {"ip", "link", "set", "wan", "up"},
                                               {"ip", "link", "set", "aside", "up"}})
        if (auto done = run_far(each); !done) return done;
    return {};
}

// Only this namespace's processes see these files in place of the machine's.
Result<void> Link::cover_names() {
    const auto hosts = folder_ / "hosts";
    const auto resolver = folder_ / "resolv.conf";
    if (auto made = lab::write_file(hosts, kLocal); !made) return made;
    if (auto made = lab::write_file(resolver, "nameserver 10.77.0.2\noptions timeout:1 attempts:1\n"); !made)
        return made;
    if (::mount(hosts.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr) != 0 ||
        ::mount(resolver.c_str(), "/etc/resolv.conf", nullptr, MS_BIND, nullptr) != 0)
        return fail(ErrorCode::kUnavailable, "cannot cover /etc/hosts and /etc/resolv.conf");
    return {};
}

lab::CloudPlace Link::far_end() const {
    return {.launcher = far_launcher(), .address = "0.0.0.0", .host = "cloud.test", .control_host = "10.77.1.2"};
}

Result<void> Link::carrier(bool there) {
    return run({"ip", "link", "set", "wan", there ? "up" : "down"});
}

void Link::delay(std::chrono::milliseconds each_way) {
    relay_.say("delay " + std::to_string(each_way.count()));
}

Result<void> Link::names(bool known) {
    return lab::write_file(folder_ / "hosts", std::string(kLocal) + (known ? kCloud : ""));
}

Result<void> Link::rule_out(const std::string& statement) {
    return run({"nft", "add rule inet rig out oifname wan " + statement});
}

Result<void> Link::rule_back(const std::string& statement) {
    return run({"nft", "add rule inet rig back iifname wan " + statement});
}

Result<void> Link::mend() {
    delay(std::chrono::milliseconds(0));
    if (auto known = names(true); !known) return known;
    for (const auto* command :
         {"flush ruleset", "add table inet rig", "add chain inet rig out { type filter hook output priority 0; }",
          "add chain inet rig back { type filter hook input priority 0; }"})
        if (auto done = run({"nft", command}); !done) return done;
    return carrier(true);
}

}  // namespace tillkeeper::rigs
