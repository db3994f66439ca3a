#include "agent/config/config.h"

#include <filesystem>

#include "agent/config/clients.h"
#include "agent/config/cloud_tables.h"
#include "agent/config/config_parts.h"
#include "agent/config/key_file.h"
#include "agent/config/secret_file.h"
#include "agent/config/toml_section.h"
#include "agent/page/language.h"

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
        day(section(top, "day"));
        update(section(top, "update"));
        box(section(top, "box"));
        config_.destinations = read_destinations(source_, top.take("destination"), tries_);
        config_.collections = read_collections(source_, top.take("collection"), config_.destinations, tries_);
        config_.loyalty =
            read_loyalty(source_, top.take("loyalty"), {config_.destinations, config_.collections}, tries_);
        config_.heartbeat = read_heartbeat(source_, top.take("heartbeat"), tries_);
        config_.telemetry = read_telemetry(source_, top.take("telemetry"));
        if (const auto logins = logins_of(config_); !logins) source_.fault(nullptr, logins.error().message);
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
        const auto parts = parts_folder(source_.file);
        if (s.take("id") == nullptr && !parts.empty())
            source_.fault(nullptr,
                          "this box belongs to no store yet: put its [store] id and its destinations into a file " +
                              parts + "/store.toml, then: systemctl start tillkeeper");
        else
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
        page.optional("hosts", config_.page_hosts);
        page_identity(page);
        page.optional("language", config_.page_language);
        if (!known_language(config_.page_language)) page.fault("language", "one of en, de, fr, es, it");
        page.no_others();
        control.path("socket", config_.control_socket);
        if (config_.control_socket.size() > 107)
            control.fault("socket", "longer than the 107 bytes of a socket's path");
        control.no_others();
    }

    void page_identity(TomlSection& page) {
        std::string certificate;
        std::string key;
        page.path("certificate_file", certificate);
        page.path("key_file", key);
        if (certificate.empty() && key.empty()) return;
        if (certificate.empty()) return page.fault("certificate_file", "missing; a key_file goes with it");
        if (key.empty()) return page.fault("key_file", "missing; the certificate_file needs its key");
        auto identity = read_tls_identity(certificate, key);
        if (!identity) return page.fault("certificate_file", identity.error().message);
        config_.page_identity = std::move(*identity);
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

    void day(TomlSection s) {
        std::string closes_at = "04:00";
        s.optional("closes_at", closes_at);
        config_.day_closes_at = parse_time_of_day(closes_at);
        if (!config_.day_closes_at && closes_at != "never")
            s.fault("closes_at", "a time of day such as 04:00, or never");
        s.no_others();
    }

    void box(TomlSection s) {
        s.path("sysfs", config_.sysfs);
        s.no_others();
    }

    void update(TomlSection s) {
        std::string window = config_.update_window.text();
        s.optional("window", window);
        const auto hours = Hours::parse(window);
        if (!hours) return s.fault("window", "the hours in which the box may be updated, such as 01:00-05:00");
        config_.update_window = *hours;
        s.no_others();
    }

    TomlSource& source_;
    bool tries_;
    Config config_;
};

std::expected<Config, ConfigFaults> read(const std::string& path, bool tries) {
    TomlSource source{path, std::filesystem::absolute(path).parent_path().string(), {}};
    std::map<std::string, std::string> files;
    const toml::table root = read_config_parts(path, source, files);
    // What the rest lacks is told only of files that could be read.
    if (source.faults.empty()) {
        Config config = Loader(source, tries).load(root);
        config.files = std::move(files);
        if (source.faults.empty()) return config;
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
