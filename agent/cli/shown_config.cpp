#include "agent/cli/shown_config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "agent/contract/problem.h"

namespace tillkeeper::cli {
namespace {

constexpr std::string_view kHidden = "hidden";
constexpr std::array<std::string_view, 29> kHarmless{
    "id",          "sysfs",     "data",    "host",  "hosts",  "broker_folder", "broker_hosts", "socket",
    "language",    "closes_at", "name",    "kind",  "types",  "format",        "order",        "auth",
    "grant",       "login",     "topic",   "field", "normal", "member",        "record_key",   "knows_deliveries_of",
    "destination", "address",   "country", "keep",  "signals"};
constexpr std::array<std::string_view, 5> kSecret{"pass", "secret", "token", "pin", "key"};

// Scheme, host and port: no user, no path, no query.
std::string origin_of(std::string_view url, std::size_t host_at) {
    const auto authority = url.substr(host_at, url.find_first_of("/?#", host_at) - host_at);
    const auto user_end = authority.rfind('@');
    return std::string(url.substr(0, host_at)) +
           std::string(user_end == std::string_view::npos ? authority : authority.substr(user_end + 1));
}

std::string shown_text(std::string_view name, std::string_view text) {
    const auto scheme_end = text.find("://");
    const bool address = scheme_end != std::string_view::npos && text.find_first_of("@ \n") >= scheme_end;
    if (address) return origin_of(text, scheme_end + 3);
    const bool file = name.ends_with("_file") && !text.contains(':') && !text.contains('\n');
    return std::string(file || std::ranges::find(kHarmless, name) != kHarmless.end() ? text : kHidden);
}

bool may_show_number(std::string_view name) {
    return std::ranges::none_of(kSecret, [&](std::string_view word) { return name.contains(word); });
}

void show_node(const std::string& path, std::string_view name, const toml::node& node,
               std::vector<std::string>& lines) {
    if (const auto* table = node.as_table()) {
        for (const auto& [key, value] : *table)
            show_node(path.empty() ? std::string(key.str()) : path + '.' + std::string(key.str()), key.str(), value,
                      lines);
    } else if (const auto* array = node.as_array()) {
        for (std::size_t i = 0; i < array->size(); ++i)
            show_node(path + '[' + std::to_string(i) + ']', name, *array->get(i), lines);
    } else if (const auto* text = node.as_string()) {
        lines.push_back(path + " = " + agent::quoted(shown_text(name, text->get())));
    } else {
        std::ostringstream value;
        node.visit([&](const auto& one) {
            if constexpr (toml::is_value<decltype(one)>) value << std::boolalpha << one.get();
        });
        lines.push_back(path + " = " + (may_show_number(name) ? value.str() : std::string(kHidden)));
    }
}

}  // namespace

std::vector<std::string> shown_config(std::string_view toml) {
    std::vector<std::string> lines;
    try {
        show_node("", "", toml::parse(toml), lines);
    } catch (const toml::parse_error& error) {
        return {"it is not TOML, from line " + std::to_string(error.source().begin.line) + " on"};
    }
    return lines;
}

}  // namespace tillkeeper::cli
