#include "agent/config/cloud_tables.h"

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

}  // namespace tillkeeper::agent
