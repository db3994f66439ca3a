#include "agent/cli/pages/manual_page.h"

#include <algorithm>

namespace tillkeeper::cli {
namespace {

// Text that roff shows as it is, also at the beginning of a line.
std::string plain(std::string_view text) {
    std::string out;
    if (text.starts_with('.') || text.starts_with('\'')) out = "\\&";
    for (const char c : text)
        if (c == '-')
            out += "\\-";
        else if (c == '\\')
            out += "\\e";
        else if (c == '\'')
            out += "\\(aq";
        else
            out += c;
    return out;
}

std::string bold(std::string_view text) {
    return "\\fB" + plain(text) + "\\fR";
}

std::string slanted(std::string_view text) {
    return "\\fI" + plain(text) + "\\fR";
}

std::string in_capitals(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

std::string term(const OptionEntry& option) {
    if (option.names.empty()) return slanted(option.value);
    std::string out;
    for (const auto& name : option.names) out += (out.empty() ? "" : ", ") + bold(name);
    return out + (option.value.empty() ? "" : ' ' + slanted(option.value));
}

std::string sentence(const std::string& text) {
    return plain(text) + (text.ends_with('.') || text.ends_with('?') ? "" : ".");
}

std::string item(const std::string& what, const std::string& about) {
    return ".TP\n" + what + '\n' + about + '\n';
}

bool is_help(const OptionEntry& option) {
    return std::ranges::find(option.names, "--help") != option.names.end();
}

std::string options_text(const CommandEntry& command) {
    std::string out;
    for (const auto& option : command.options) {
        if (is_help(option) && !command.path.empty()) continue;  // each has it
        out +=
            item(term(option), plain(option.about) + (option.required && !option.names.empty() ? " (required)." : ".") +
                                   (option.preset.empty() ? "" : " Default: " + slanted(option.preset) + '.'));
    }
    return out;
}

// What must be said, and that there is more.
std::string usage(const Program& program, const CommandEntry& command) {
    std::string out = bold(program.name + (command.path.empty() ? "" : ' ' + command.path));
    bool more = false;
    for (const auto& option : command.options)
        if (option.required && !option.names.empty())
            out += ' ' + bold(option.names.back()) + ' ' + slanted(option.value);
        else
            more = more || (!option.names.empty() && !is_help(option));
    if (more) out += " [" + slanted("option") + "...]";
    for (const auto& option : command.options)
        if (option.names.empty())
            out += option.required ? ' ' + slanted(option.value) : " [" + slanted(option.value) + ']';
    return out + (command.commands.empty() ? "" : ' ' + slanted("command")) + '\n';
}

std::string commands_text(const Program& program) {
    std::string out;
    for (const auto& command : program.commands) {
        if (command.path.empty() || !command.commands.empty()) continue;
        out += ".SS " + plain(command.path) + '\n' + usage(program, command) + ".PP\n" + sentence(command.about) +
               "\n" + options_text(command);
    }
    return out.empty() ? "" : ".SH COMMANDS\n" + out;
}

std::string section_text(const Section& section) {
    std::string out = ".SH " + in_capitals(section.title) + '\n';
    for (const auto& [what, about] : section.items)
        out +=
            what.empty() ? (out.ends_with(section.title) ? "" : plain(about) + '\n') : item(bold(what), plain(about));
    return out;
}

}  // namespace

std::string manual_page(const Program& program) {
    const auto& top = program.commands.front();
    std::string name = top.about;
    if (name.ends_with('.')) name.pop_back();
    std::string out = ".TH " + in_capitals(program.name) + ' ' + std::to_string(program.section) + ' ' + program.date +
                      " \"Tillkeeper " + program.version + "\" \"Tillkeeper\"\n";
    out += ".SH NAME\n" + plain(program.name) + " \\- " + plain(name) + '\n';
    out += ".SH SYNOPSIS\n" + usage(program, top);
    out += ".SH DESCRIPTION\n" + bold(program.name) + ": " + plain(top.about) + '\n';
    out += ".SH OPTIONS\n" + options_text(top) + commands_text(program);
    for (const auto& section : program.sections) out += section_text(section);
    return out;
}

}  // namespace tillkeeper::cli
