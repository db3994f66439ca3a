#include "tests/e2e/broker.h"

#include <cstdlib>

#include "tests/e2e/ports.h"
#include "tests/e2e/programs.h"
#include "tests/e2e/scratch.h"
#include "tests/e2e/wait.h"

namespace tillkeeper::lab {

Broker::Broker(std::filesystem::path folder, BrokerBuild build)
    : folder_(std::move(folder)),
      build_(std::move(build)),
      agent_password_file_(folder_ / "agent.password"),
      port_(free_port()),
      tls_port_(free_port()),
      certificate_port_(free_port()) {}

Result<Broker> Broker::make(const std::filesystem::path& folder, const std::vector<std::string>& tills,
                            BrokerBuild build) {
    std::filesystem::create_directories(folder);
    if (build.guard.empty()) build.guard = kBusGuard;
    Broker broker(folder, std::move(build));
    std::string users = "tillkeeper:" + password_of("tillkeeper") + "\n";
    for (const auto& till : tills) users += till + ":" + password_of(till) + "\n";
    if (auto written = write_file(broker.users_file(), users, 0600); !written) return std::unexpected(written.error());
    if (auto written = write_file(broker.agent_password_file_, password_of("tillkeeper") + "\n", 0600); !written)
        return std::unexpected(written.error());
    for (const auto& command :
         {std::vector<std::string>{kMakeBrokerConfig, "--folder", folder.string(), "--port",
                                   std::to_string(broker.tls_port_), "--users", broker.users_file().string(), "--guard",
                                   broker.build_.guard, "--certificate-port", std::to_string(broker.certificate_port_),
                                   "--plain-port", std::to_string(broker.port_)},
          std::vector<std::string>{kCommandProgram, "bus", "init", "--folder", folder.string()}}) {
        auto made = run_command(command, folder);
        if (!made) return std::unexpected(made.error());
        if (made->status != 0) return fail(ErrorCode::kInvalid, made->errors);
    }
    return broker;
}

Result<void> Broker::start() {
    ProcessOptions options;
    options.command = {build_.program, "-c", (folder_ / "mosquitto.conf").string()};
    options.output = options.errors = folder_ / "broker.log";
    auto process = Process::start(options);
    if (!process) return std::unexpected(process.error());
    process_ = std::move(*process);
    const auto listens = [&] { return listening(tls_port_) && listening(certificate_port_) && listening(port_); };
    const auto settled = [&] { return !process_->running() || listens(); };
    if (!wait_until(settled, std::chrono::seconds(10)) || !process_->running())
        return fail(ErrorCode::kUnavailable, "the broker did not start:\n" + read_file(options.errors));
    return record_messages();
}

// One recorder outlives the broker's restarts.
Result<void> Broker::record_messages() {
    const char* file = std::getenv("TILLKEEPER_MESSAGES");
    if (file == nullptr || recorder_) return {};
    const auto ready = folder_ / "recorder.ready";
    ProcessOptions options;
    options.command = {kBusRecorder,
                       "--port",
                       std::to_string(tls_port_),
                       "--ca",
                       ca_file().string(),
                       "--password-file",
                       agent_password_file_.string(),
                       "--out",
                       file,
                       "--ready",
                       ready.string()};
    options.output = options.errors = folder_ / "recorder.log";
    auto process = Process::start(options);
    if (!process) return std::unexpected(process.error());
    recorder_ = std::move(*process);
    if (!wait_until([&] { return std::filesystem::exists(ready); }, std::chrono::seconds(10)))
        return fail(ErrorCode::kUnavailable, "the recorder does not hear:\n" + read_file(options.errors));
    return {};
}

}  // namespace tillkeeper::lab
