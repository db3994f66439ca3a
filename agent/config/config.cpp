#include "agent/config/config.h"

#include <filesystem>

#include "agent/config/clients.h"
#include "agent/config/cloud_tables.h"
#include "agent/config/key_file.h"
#include "agent/config/secret_file.h"
#include "agent/config/toml_section.h"

namespace tillkeeper::agent {
namespace {

bool consists_of(std::string_view text, std::size_t max, std::string_view set) {
    return !text.empty() && text.size() <= max && text.find_first_not_of(set) == std::string_view::npos;
}

class Loader {
  public:
    Loader(TomlSource& source, bool tries) : source_(source), tries_(tries) {}

    Config load(const toml::table& root) {
        TomlSection top(source_, &root, "");
        store(section(top, "store"));
        bus(section(top, "bus"));
        local(section(top, "page"), section(top, "control"));
        clock(section(top, "clock"));
        journal(section(top, "journal"));
        privacy(section(top, "privacy"));
        config_.destinations = read_destinations(source_, top.take("destination"), tries_);
        config_.collections = read_collections(source_, top.take("collection"), config_.destinations, tries_);
        config_.loyalty =
            read_loyalty(source_, top.take("loyalty"), {config_.destinations, config_.collections}, tries_);
        if (const auto logins = logins_of(config_); !logins) source_.fault(std::uint32_t{0}, logins.error().message);
        top.no_others();
        return std::move(config_);
    }

  private:
    TomlSection section(TomlSection& top, const char* name) {
        const auto* node = top.take(name);
        if (node != nullptr && !node->is_table())
            source_.fault(node, std::string(name) + ": must be a table, [" + name + "]");
        return {source_, node != nullptr ? node->as_table() : nullptr, name};
    }

    void store(TomlSection s) {
        s.required("id", config_.store_id);
        if (!config_.store_id.empty() &&
            !consists_of(config_.store_id, 64, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"))
            s.fault("id", "at most 64 of letters, digits, '.', '_', '-'");
        s.path("data", config_.data_folder, true);
        s.no_others();
    }

    void bus(TomlSection s) {
        std::int64_t port = config_.bus.port;
        s.optional("host", config_.bus.host);
        s.optional("port", port, 1, 65535);
        config_.bus.port = static_cast<int>(port);
        config_.bus.username = "tillkeeper";
        s.optional("username", config_.bus.username);
        s.file("password_file", config_.bus.password, true);
        config_.bus_identity = config_.bus.password;
        s.path("broker_folder", config_.broker_folder);
        s.optional("broker_hosts", config_.broker_hosts);
        if (!config_.broker_folder.empty()) config_.bus.ca_file = config_.broker_folder + "/tls/ca.pem";
        s.path("ca_file", config_.bus.ca_file);
        s.path("certificate_file", config_.bus.certificate_file);
        s.no_others();
    }

    void local(TomlSection page, TomlSection control) {
        std::int64_t port = config_.page_port;
        page.optional("address", config_.page_address);
        page.optional("port", port, 0, 65535);
        config_.page_port = static_cast<int>(port);
        page.no_others();
        control.path("socket", config_.control_socket);
        if (config_.control_socket.size() > 107)
            control.fault("socket", "longer than the 107 bytes of a socket's path");
        control.no_others();
    }

    void clock(TomlSection s) {
        s.path("set_file", config_.clock_set_file);
        s.no_others();
    }

    void journal(TomlSection s) {
        std::int64_t days = 90;
        s.optional("retention_days", days, 1, 3650);
        config_.retention = std::chrono::hours(24 * days);
        std::string key;
        s.file("key_file", key, true);
        auto keys = parse_keys(key);
        if (!key.empty() && !keys) s.fault("key_file", keys.error().message);
        if (keys) config_.journal_key = keys->current;
        if (keys) config_.older_journal_keys = keys->older;
        s.path("key_file", config_.journal_key_file);
        s.no_others();
    }

    void privacy(TomlSection s) {
        s.optional("keep", config_.privacy_keep);
        s.no_others();
    }

    TomlSource& source_;
    bool tries_;
    Config config_;
};

std::expected<Config, ConfigFaults> read(const std::string& path, bool tries) {
    TomlSource source{path, std::filesystem::absolute(path).parent_path().string(), {}};
    auto content = read_config_file(path, false);
    if (!content) return std::unexpected(ConfigFaults{content.error().message});
    try {
        const toml::table root = toml::parse(*content, path);
        Config config = Loader(source, tries).load(root);
        if (source.faults.empty()) return config;
    } catch (const toml::parse_error& error) {
        source.fault(error.source().begin.line, error.description());
    }
    return std::unexpected(std::move(source.faults));
}

}  // namespace

std::expected<Config, ConfigFaults> load_config(const std::string& path) {
    return read(path, false);
}

std::expected<Config, ConfigFaults> check_config(const std::string& path) {
    return read(path, true);
}

}  // namespace tillkeeper::agent
