#include "agent/cli/privacy_commands.h"

#include "agent/cli/key_rotation.h"

namespace tillkeeper::cli {
namespace {

int rotate(const Common& common) {
    const auto socket = socket_of(common.access);
    const auto config = read_config(common);
    if (!config || !socket) return kNotFine;
    return show(common,
                with_progress([&](const Told& told) { return rotate_key(*socket, config->journal_key_file, told); }),
                keys_text, keys_are_fine);
}

template <typename Ask>
Result<std::string> with_socket(const Common& common, Ask ask) {
    const auto socket = socket_of(common.access);
    return socket ? ask(*socket) : std::unexpected(socket.error());
}

}  // namespace

void add_privacy_commands(CLI::App& app, Common& common, ErasureWish& wish) {
    wish.who = common.who;
    auto* erase = app.add_subcommand("erase", "Make a person's data unreadable; what the books need stays");
    erase->require_subcommand(1)->fallthrough();
    auto* member = erase->add_subcommand("member", "A member, in every transaction of the journal");
    member->add_option("id", wish.member_id, "The member's id; - reads it from standard input")
        ->required()
        ->type_name("MEMBER");
    member->add_option("--why", wish.why, "Reason, kept in the journal's chain; must not name the member")
        ->required()
        ->type_name("TEXT");
    member->add_option("--who", wish.who, "Who decides (default: the user's name)")->type_name("NAME");
    member->callback([&common, &wish] {
        common.exit = show(
            common,
            with_socket(common,
                        [&](const std::string& socket) {
                            return with_progress([&](const Told& told) { return erase_member(socket, wish, told); });
                        }),
            erasure_text, erasure_is_fine);
    });

    auto* key = app.add_subcommand("key", "The key that seals the journal's bodies");
    key->require_subcommand(1)->fallthrough();
    key->add_subcommand("status", "Is everything sealed, and with which key")->callback([&common] {
        common.exit = show(common, with_socket(common, key_status), keys_text, keys_are_fine);
    });
    key->add_subcommand("rotate", "A new key, while sales go on; call it again where it was interrupted")
        ->callback([&common] { common.exit = rotate(common); });
}

}  // namespace tillkeeper::cli
