#include "agent/config/config_parts.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "agent/config/secret_file.h"
#include "platform/crypto.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kHashDigits = 16;

std::string hash_of(std::string_view content) {
    return to_hex(sha256(content)).substr(0, kHashDigits);
}

// `name`: by which it is known in `files`.
toml::table read_part(const std::string& path, const std::string& name, TomlSource& source,
                      std::map<std::string, std::string>& files) {
    auto content = read_config_file(path, false);
    if (!content) {
        source.faults.push_back(content.error().message);
        return {};
    }
    files[name] = hash_of(*content);
    try {
        return toml::parse(*content, path);
    } catch (const toml::parse_error& error) {
        source.fault(error.source(), error.description());
        return {};
    }
}

void merge(toml::table& whole, toml::table&& part, const std::string& name, TomlSource& source) {
    for (auto&& [key, node] : part) {
        auto* old = whole.get(key);
        const std::string path = name + std::string(key.str());
        if (old == nullptr) {
            whole.insert(key, std::move(node));
        } else if (old->type() != node.type()) {
            source.fault(&node, path + ": another kind of value than in an earlier file");
        } else if (auto* table = old->as_table()) {
            merge(*table, std::move(*node.as_table()), path + ".", source);
        } else if (node.is_array_of_tables()) {
            for (auto&& each : *node.as_array()) old->as_array()->push_back(std::move(each));
        } else {
            whole.insert_or_assign(key, std::move(node));
        }
    }
}

}  // namespace

std::string parts_folder(const std::string& path) {
    const auto folder = std::filesystem::absolute(path).replace_extension(".d");
    std::error_code ignored;
    return std::filesystem::is_directory(folder, ignored) ? folder.string() : "";
}

toml::table read_config_parts(const std::string& path, TomlSource& source, std::map<std::string, std::string>& files) {
    toml::table whole = read_part(path, std::filesystem::path(path).filename(), source, files);
    const auto folder = parts_folder(path);
    if (folder.empty()) return whole;
    std::vector<std::string> parts;
    std::error_code trouble;
    for (const auto& entry : std::filesystem::directory_iterator(folder, trouble))
        if (entry.path().extension() == ".toml") parts.push_back(entry.path().string());
    if (trouble) source.faults.push_back("cannot read " + folder + " (" + trouble.message() + ")");
    std::ranges::sort(parts);
    for (const auto& part : parts) {
        const std::filesystem::path file = part;
        const std::string name = file.parent_path().filename() / file.filename();
        merge(whole, read_part(part, name, source, files), "", source);
    }
    return whole;
}

}  // namespace tillkeeper::agent
