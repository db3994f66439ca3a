#include <algorithm>
#include <set>

#include "agent/cli/pages/completions.h"

namespace tillkeeper::cli {

std::string filled(std::string text, const std::vector<std::pair<std::string, std::string>>& parts) {
    for (const auto& [name, part] : parts) {
        const std::string mark = '@' + name + '@';
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + part.size()))
            text.replace(at, mark.size(), part);
    }
    return text;
}

std::vector<OptionEntry> options_at(const Program& program, const std::string& path) {
    std::vector<OptionEntry> out;
    const auto is_there = [&](const OptionEntry& option) {
        return std::ranges::find(out, option.names, &OptionEntry::names) != out.end();
    };
    for (const auto& command : program.commands)
        if (command.path.empty() || command.path == path || path.starts_with(command.path + ' '))
            for (const auto& option : command.options)
                if (!option.names.empty() && !is_there(option)) out.push_back(option);
    return out;
}

std::vector<const CommandEntry*> commands_below(const Program& program, const CommandEntry& command) {
    std::vector<const CommandEntry*> out;
    const std::string before = command.path + (command.path.empty() ? "" : " ");
    for (const auto& each : program.commands)
        if (!each.path.empty() && each.path == before + each.name()) out.push_back(&each);
    return out;
}

std::string value_cases(const Program& program) {
    std::set<std::string> lines;
    for (const auto& command : program.commands)
        for (const auto& option : command.options) {
            if (option.value.empty()) continue;
            const std::string end = "') value=" + option.value + " ;;\n";
            if (option.names.empty()) lines.insert("        '" + command.path + ':' + end);
            for (const auto& name : option.names) lines.insert("        ':" + name + end);
        }
    std::string out;
    for (const auto& line : lines) out += line;
    return out;
}

}  // namespace tillkeeper::cli
