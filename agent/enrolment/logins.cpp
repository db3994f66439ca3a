#include "agent/enrolment/logins.h"

#include <algorithm>
#include <utility>

#include "agent/config/clients.h"

namespace tillkeeper::agent {

namespace {

constexpr Duration kLooksAgain = std::chrono::milliseconds(50);
constexpr int kLooksMax = 60;

}  // namespace

Result<void> Logins::give(Config& config) {
    const auto logins = logins_of(config);
    if (!logins) return std::unexpected(logins.error());
    for (const auto& login : *logins) {
        const auto& file =
            files_.emplace_back(std::make_unique<LoginFile>(config.data_folder, login.name, login.client));
        for_each_client(config, [&](const std::string&, sync::OAuthClient& client, const std::string&) {
            if (client.login == login.name) client.stored = file.get();
        });
    }
    return {};
}

void Logins::when_settled(EventLoop& loop, Task then) {
    loop.post([this, &loop, then = std::move(then)]() mutable { look(loop, kLooksMax, std::move(then)); });
}

void Logins::look(EventLoop& loop, int looks, Task then) {
    const bool taken = std::ranges::any_of(files_, [](const auto& file) { return file->taken(); });
    if (!taken || looks == 0) return then();
    timer_ = loop.after(kLooksAgain, [this, &loop, looks, then = std::move(then)]() mutable {
        look(loop, looks - 1, std::move(then));
    });
}

}  // namespace tillkeeper::agent
