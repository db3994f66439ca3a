#include "agent/config/toml_section.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "agent/config/secret_file.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kFaultBytesMax = 1000;
constexpr std::string_view kCredential = "credential:";
// Where root finds those of the running daemon, for the command line.
constexpr const char* kServiceCredentials = "/run/credentials/tillkeeper.service";

// A quoted key may hold any character, and the file may be a stranger's.
std::string plain_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(line, [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
    if (line.size() > kFaultBytesMax) line.replace(kFaultBytesMax / 2, line.size() - kFaultBytesMax, " ... ");
    return line;
}

}  // namespace

void TomlSource::fault(const toml::source_region& where, std::string_view text) {
    const auto line = where.begin.line;
    faults.push_back((where.path ? *where.path : file) + (line != 0 ? ":" + std::to_string(line) : "") + ": " +
                     plain_line(text));
}

void TomlSource::fault(const toml::node* where, std::string_view text) {
    fault(where != nullptr ? where->source() : toml::source_region{}, text);
}

TomlSection::TomlSection(TomlSource& source, const toml::table* table, std::string name)
    : source_(source), table_(table), name_(std::move(name)) {}

const toml::node* TomlSection::take(std::string_view key) {
    known_.emplace(key);
    return table_ != nullptr ? table_->get(key) : nullptr;
}

void TomlSection::fault(std::string_view key, const std::string& text) {
    const auto* node = table_ != nullptr ? table_->get(key) : nullptr;
    source_.fault(node != nullptr ? node : table_, name_ + "." + std::string(key) + ": " + text);
}

void TomlSection::text(std::string_view key, std::string& out, bool needed) {
    const auto* node = take(key);
    if (node == nullptr) {
        if (needed) fault(key, "missing; this text is required");
        return;
    }
    const auto* value = node->as_string();
    if (value == nullptr) return fault(key, "must be text in quotes");
    if (value->get().empty()) return fault(key, "must not be empty");
    out = value->get();
}

void TomlSection::optional(std::string_view key, bool& out) {
    const auto* node = take(key);
    if (node == nullptr) return;
    if (const auto* value = node->as_boolean())
        out = value->get();
    else
        fault(key, "must be true or false");
}

void TomlSection::optional(std::string_view key, std::int64_t& out, std::int64_t min, std::int64_t max) {
    const auto* node = take(key);
    if (node == nullptr) return;
    const auto* value = node->as_integer();
    if (value == nullptr || value->get() < min || value->get() > max)
        return fault(key, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    out = value->get();
}

void TomlSection::optional(std::string_view key, std::vector<std::string>& out) {
    const auto* node = take(key);
    if (node == nullptr) return;
    const auto* array = node->as_array();
    if (array == nullptr) return fault(key, "must be a list of texts");
    for (const auto& item : *array) {
        if (const auto* value = item.as_string())
            out.push_back(value->get());
        else
            return fault(key, "must be a list of texts");
    }
}

void TomlSection::path(std::string_view key, std::string& out, bool needed) {
    std::string written;
    const auto faults = source_.faults.size();
    text(key, written, needed);
    if (written.empty() || source_.faults.size() != faults) return;
    if (written.starts_with(kCredential))
        credential(key, written.substr(kCredential.size()), out);
    else
        out = (std::filesystem::path(source_.folder) / written).lexically_normal().string();
}

// systemd.exec(5): LoadCredential=, LoadCredentialEncrypted=.
void TomlSection::credential(std::string_view key, const std::string& name, std::string& out) {
    if (name.empty() || name.contains('/') || name == "." || name == "..")
        return fault(key, "the name of a credential has no \"/\"");
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    out = std::string(folder != nullptr ? folder : kServiceCredentials) + '/' + name;
}

void TomlSection::file(std::string_view key, std::string& out, bool secret, bool needed) {
    std::string where;
    path(key, where, needed);
    if (where.empty()) return;
    auto content = read_config_file(where, secret);
    if (content)
        out = std::move(*content);
    else
        fault(key, content.error().message);
}

void TomlSection::no_others() {
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_)
        if (!known_.contains(key.str()))
            source_.fault(&node, name_ + (name_.empty() ? "" : ".") + std::string(key.str()) +
                                     ": unknown; remove it or check its spelling");
}

}  // namespace tillkeeper::agent
