// One table of a TOML file, read key by key: collects faults instead of stopping at the first, and tells which keys
// nobody asked for.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

namespace tillkeeper::agent {

// Where faults go, and where relative paths count from.
struct TomlSource {
    std::string file;
    std::string folder;
    std::vector<std::string> faults;

    // One line each: control characters become spaces, and the middle of a long text is left out.
    void fault(const toml::node* where, std::string_view text);
    void fault(const toml::source_region& where, std::string_view text);  // none: the whole file
};

class TomlSection {
  public:
    // `table` may be null: then every key is missing. Both must outlive the section.
    TomlSection(TomlSource& source, const toml::table* table, std::string name);

    // Required ones add a fault when missing; optional ones leave `out` as it is.
    void required(std::string_view key, std::string& out) { text(key, out, true); }
    void optional(std::string_view key, std::string& out) { text(key, out, false); }
    void optional(std::string_view key, bool& out);
    void optional(std::string_view key, std::int64_t& out, std::int64_t min, std::int64_t max);
    void optional(std::string_view key, std::vector<std::string>& out);
    // The content of the file that the key names, at most 1 MiB; "" when the key is missing.
    void file(std::string_view key, std::string& out, bool secret, bool needed = false);
    // The path itself, absolute. "credential:NAME" is one of those that systemd hands to a service, here and in file().
    void path(std::string_view key, std::string& out, bool needed = false);
    // A fault at this key, or at the section when it is missing.
    void fault(std::string_view key, const std::string& text);
    [[nodiscard]] const toml::node* take(std::string_view key);
    // Faults for every key that was not asked for. Call it last.
    void no_others();

  private:
    void text(std::string_view key, std::string& out, bool needed);
    void credential(std::string_view key, const std::string& name, std::string& out);

    TomlSource& source_;
    const toml::table* table_;
    std::string name_;
    std::set<std::string, std::less<>> known_;
};

}  // namespace tillkeeper::agent
