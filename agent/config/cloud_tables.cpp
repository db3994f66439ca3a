#include "agent/config/cloud_tables.h"

#include "platform/crypto.h"

namespace tillkeeper::agent {

std::vector<const toml::table*> tables_of(TomlSource& source, const toml::node* node, const std::string& name,
                                          std::size_t max) {
    std::vector<const toml::table*> tables;
    if (node == nullptr) return tables;
    const auto* array = node->as_array();
    if (array == nullptr || (!array->empty() && !array->is_homogeneous<toml::table>())) {
        source.fault(node, name + ": must be a list of tables, [[" + name + "]]");
    } else if (array->size() > max) {
        source.fault(node, name + ": at most " + std::to_string(max));
    } else {
        for (const auto& item : *array) tables.push_back(item.as_table());
    }
    return tables;
}

bool is_cloud_name(std::string_view name) {
    return !name.empty() && name.size() <= 32 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

void require_secure(TomlSection& section, std::string_view key, const std::string& url) {
    if (!url.empty() && !url.starts_with("https://")) section.fault(key, "must begin with https://");
}

void try_key(TomlSection& section, const sync::OAuthClient& client) {
    if (client.private_key_pem.empty()) return;
    if (auto key = SigningKey::from_pem(client.private_key_pem); !key) section.fault("oauth", key.error().message);
}

void read_oauth(TomlSource& source, TomlSection& section, const std::string& name, sync::OAuthClient& out) {
    const auto* node = section.take("oauth");
    if (node == nullptr) return;
    if (!node->is_table()) return section.fault("oauth", "must be a table, [" + name + ".oauth]");
    TomlSection s(source, node->as_table(), name + ".oauth");
    std::string auth = "client_secret_basic";
    s.optional("auth", auth);
    s.required("token_url", out.token_url);
    require_secure(s, "token_url", out.token_url);
    s.required("client_id", out.client_id);
    s.optional("scope", out.scope);
    s.optional("audience", out.audience);
    s.optional("key_id", out.key_id);
    if (auth == "client_secret_basic") {
        out.auth = sync::ClientAuth::kClientSecretBasic;
        s.file("client_secret_file", out.client_secret, true, true);
    } else if (auth == "private_key_jwt") {
        out.auth = sync::ClientAuth::kPrivateKeyJwt;
        s.file("private_key_file", out.private_key_pem, true, true);
    } else {
        s.fault("auth", "must be \"client_secret_basic\" or \"private_key_jwt\"");
    }
    s.no_others();
}

}  // namespace tillkeeper::agent
