#include "agent/cli/privacy_commands.h"

#include <iostream>

#include "agent/cli/key_rotation.h"
#include "agent/config/config.h"

namespace tillkeeper::cli {
namespace {

std::string socket_of(const Access& access) {
    if (!access.socket.empty()) return access.socket;
    const auto config = agent::load_config(access.config_path);
    return config ? config->control_socket : agent::Config{}.control_socket;
}

int show(const Result<std::string>& answer, bool json, std::string (*text)(JsonView), bool (*fine)(JsonView)) {
    if (!answer) {
        std::cerr << "tillkeeper: " << answer.error().message << '\n';
        return 1;
    }
    const JsonDocument document(*answer);
    std::cout << (json ? *answer + '\n' : text(document.root()));
    return fine(document.root()) ? 0 : 1;
}

void tell(JsonView working) {
    if (working.text("step").empty()) return;  // not begun yet
    std::cerr << working.text("step") << ": " << working.number("done") << '/' << working.number("total") << '\n';
}

void tell_sealing(JsonView keys) {
    std::cerr << "sealing anew: " << keys.number("resealed_up_to") << '/' << keys.number("newest") << '\n';
}

int rotate(const Access& access, bool json) {
    const auto config = agent::load_config(access.config_path);
    if (config)
        return show(rotate_key(socket_of(access), config->journal_key_file, tell_sealing), json, keys_text,
                    keys_are_fine);
    for (const auto& fault : config.error()) std::cerr << fault << '\n';
    return 1;
}

}  // namespace

void add_privacy_commands(CLI::App& app, const Access& access, const bool& json, ErasureWish& wish, int& exit) {
    auto* erase = app.add_subcommand("erase", "Make a person's data unreadable; what the books need stays");
    erase->require_subcommand(1)->fallthrough();
    auto* member = erase->add_subcommand("member", "A member, in every transaction of the journal");
    member->add_option("id", wish.member_id, "The member's id; - reads it from standard input")->required();
    member->add_option("--why", wish.why, "Reason, kept in the journal's chain; must not name the member")->required();
    member->add_option("--who", wish.who, "Who decides (default: the user's name)");
    member->callback([&access, &json, &exit, &wish] {
        exit = show(erase_member(socket_of(access), wish, tell), json, erasure_text, erasure_is_fine);
    });

    auto* key = app.add_subcommand("key", "The key that seals the journal's bodies");
    key->require_subcommand(1)->fallthrough();
    key->add_subcommand("status", "Is everything sealed, and with which key")->callback([&access, &json, &exit] {
        exit = show(key_status(socket_of(access)), json, keys_text, keys_are_fine);
    });
    key->add_subcommand("rotate", "A new key, while sales go on; call it again where it was interrupted")
        ->callback([&access, &json, &exit] { exit = rotate(access, json); });
}

}  // namespace tillkeeper::cli
