#include "tests/e2e/soft_token.h"

#include <utility>

#include "tests/e2e/process.h"
#include "tests/e2e/scratch.h"

namespace tillkeeper::lab {
namespace {

constexpr const char* kPin = "2468";
constexpr const char* kLabel = "tillkeeper";

}  // namespace

Result<SoftToken> SoftToken::make(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder / "tokens");
    SoftToken token(folder);
    const std::string settings =
        "directories.tokendir = " + (folder / "tokens").string() + "\nobjectstore.backend = file\nlog.level = ERROR\n";
    if (auto written = write_file(folder / "softhsm2.conf", settings); !written)
        return std::unexpected(written.error());
    if (auto written = write_file(folder / "pin", kPin, 0600); !written) return std::unexpected(written.error());
    if (auto made = token.run({"--init-token", "--free", "--label", kLabel, "--pin", kPin, "--so-pin", "1357"}); !made)
        return std::unexpected(made.error());
    return token;
}

Result<void> SoftToken::run(std::vector<std::string> arguments) const {
    std::vector<std::string> command{"env", "SOFTHSM2_CONF=" + environment().at("SOFTHSM2_CONF"), "softhsm2-util"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto done = run_command(std::move(command), folder_);
    if (!done) return std::unexpected(done.error());
    if (done->status != 0) return fail(ErrorCode::kInternal, "softhsm2-util: " + done->errors + done->output);
    return {};
}

Result<void> SoftToken::take(const std::filesystem::path& key_file) const {
    static int count = 0x10;
    const std::string name = key_file.filename();
    auto taken = run({"--import", key_file.string(), "--token", kLabel, "--label", name, "--id",
                      std::to_string(++count), "--pin", kPin});
    if (taken) std::filesystem::remove(key_file);
    return taken;
}

std::string SoftToken::uri_of(const std::string& name) const {
    return std::string("pkcs11:token=") + kLabel + ";object=" + name +
           ";type=private?pin-source=" + (folder_ / "pin").string();
}

std::map<std::string, std::string> SoftToken::environment() const {
    return {{"SOFTHSM2_CONF", (folder_ / "softhsm2.conf").string()}};
}

}  // namespace tillkeeper::lab
