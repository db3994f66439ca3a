#include "agent/config/config.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "agent/config/key_file.h"
#include "agent/config/secret_file.h"
#include "agent/config/toml_section.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kDestinationsMax = 32;

bool consists_of(std::string_view text, std::size_t max, std::string_view set) {
    return !text.empty() && text.size() <= max && text.find_first_not_of(set) == std::string_view::npos;
}

bool is_destination_name(std::string_view name) {
    return consists_of(name, 32, "abcdefghijklmnopqrstuvwxyz0123456789_-");
}

class Loader {
  public:
    Loader(TomlSource& source, bool tries) : source_(source), tries_(tries) {}

    Config load(const toml::table& root) {
        TomlSection top(source_, &root, "");
        store(section(top, "store"));
        bus(section(top, "bus"));
        local(section(top, "page"), section(top, "control"));
        journal(section(top, "journal"));
        privacy(section(top, "privacy"));
        destinations(top.take("destination"));
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

    void destinations(const toml::node* node) {
        if (node == nullptr) return;
        const auto* array = node->as_array();
        if (array == nullptr || !array->is_homogeneous<toml::table>())
            return source_.fault(node, "destination: must be a list of tables, [[destination]]");
        if (array->size() > kDestinationsMax) return source_.fault(node, "destination: at most 32");
        for (const auto& item : *array) destination(*item.as_table());
    }

    void destination(const toml::table& table) {
        sync::DestinationConfig d;
        TomlSection s(source_, &table, "destination");
        s.required("name", d.name);
        if (!d.name.empty() && !is_destination_name(d.name)) s.fault("name", "1 to 32 of a-z 0-9 _ -");
        if (!names_.insert(d.name).second) s.fault("name", "given twice");
        kind(s, d);
        s.required("url", d.url);
        require_secure(s, "url", d.url);
        s.path("ca_file", d.ca_file);
        s.optional("types", d.types);
        s.file("mapping_file", d.mapping, false);
        s.file("answer_file", d.answer, false);
        s.optional("proof_by_item", d.proof_by_item);
        s.optional("gzip", d.gzip);
        limits(s, d);
        const auto* oauth = s.take("oauth");
        if (oauth != nullptr && oauth->is_table())
            this->oauth(TomlSection(source_, oauth->as_table(), "destination.oauth"), d.oauth);
        else if (oauth != nullptr)
            s.fault("oauth", "must be a table, [destination.oauth]");
        s.no_others();
        if (tries_) try_out(s, d);
        config_.destinations.push_back(std::move(d));
    }

    // One at a time, so that each fault is told.
    static void try_out(TomlSection& s, const sync::DestinationConfig& d) {
        const auto attempt = [&](std::string_view key, const auto& give) {
            sync::DestinationConfig part;
            part.name = d.name;
            give(part);
            if (auto checked = sync::check(part); !checked) s.fault(key, checked.error().message);
        };
        attempt("mapping_file", [&](auto& part) { part.mapping = d.mapping; });
        attempt("answer_file", [&](auto& part) { part.answer = d.answer; });
        if (!d.oauth.private_key_pem.empty()) attempt("oauth", [&](auto& part) { part.oauth = d.oauth; });
    }

    static void kind(TomlSection& s, sync::DestinationConfig& d) {
        std::string kind = "cloudevents";
        s.optional("kind", kind);
        if (kind == "rest")
            d.kind = sync::DestinationKind::kRest;
        else if (kind != "cloudevents")
            s.fault("kind", "must be \"cloudevents\" or \"rest\"");
    }

    static void limits(TomlSection& s, sync::DestinationConfig& d) {
        std::int64_t items = static_cast<std::int64_t>(d.batch_items_max);
        std::int64_t bytes = static_cast<std::int64_t>(d.batch_bytes_max);
        std::int64_t lanes = d.lanes;
        std::int64_t timeout = 30;
        s.optional("batch_items_max", items, 1, 1000);
        s.optional("batch_bytes_max", bytes, 1024, 8 << 20);
        s.optional("lanes", lanes, 1, 8);
        s.optional("request_timeout_s", timeout, 1, 600);
        d.batch_items_max = static_cast<std::size_t>(items);
        d.batch_bytes_max = static_cast<std::size_t>(bytes);
        d.lanes = static_cast<int>(lanes);
        d.request_timeout = std::chrono::seconds(timeout);
    }

    static void require_secure(TomlSection& s, std::string_view key, const std::string& url) {
        if (!url.empty() && !url.starts_with("https://")) s.fault(key, "must begin with https://");
    }

    void oauth(TomlSection s, sync::OAuthClient& o) {
        std::string auth = "client_secret_basic";
        s.optional("auth", auth);
        s.required("token_url", o.token_url);
        require_secure(s, "token_url", o.token_url);
        s.required("client_id", o.client_id);
        s.optional("scope", o.scope);
        s.optional("audience", o.audience);
        s.optional("key_id", o.key_id);
        if (auth == "client_secret_basic") {
            o.auth = sync::ClientAuth::kClientSecretBasic;
            s.file("client_secret_file", o.client_secret, true, true);
        } else if (auth == "private_key_jwt") {
            o.auth = sync::ClientAuth::kPrivateKeyJwt;
            s.file("private_key_file", o.private_key_pem, true, true);
        } else {
            s.fault("auth", "must be \"client_secret_basic\" or \"private_key_jwt\"");
        }
        s.no_others();
    }

    TomlSource& source_;
    bool tries_;
    Config config_;
    std::set<std::string> names_;
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
