#include "agent/cli/pages/completions.h"

namespace tillkeeper::cli {
namespace {

constexpr const char* kScript = R"SH(# Completion of @name@; made from its tree of commands when it is built.
function __@name@_at --argument-names wanted  # whether the words so far are this command
    set -l path
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word@valued@
            set skip 1
        else if not string match -q -- '-*' $word
            set path $path $word
        end
    end
    test "$path" = "$wanted"
end
function __@name@_destinations
    set -l words (commandline -opc)
    set -l config
    if set -l at (contains -i -- --config $words)
        set config --config $words[(math $at + 1)]
    end
    $words[1] $config config destinations 2>/dev/null
end
complete -c @name@ -f
@lines@)SH";

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text)
        if (c == '\'' || c == '\\')
            out += std::string("\\") + c;
        else
            out += c;
    return out + "'";
}

std::string argument(const Program& program, const std::string& value) {
    if (value.empty()) return "";
    if (value == "FILE") return " -r -F";
    if (value == "FOLDER") return " -x -a '(__fish_complete_directories)'";
    if (value == "DESTINATION") return " -x -a '(__" + program.name + "_destinations)'";
    return " -x";
}

}  // namespace

std::string fish_completion(const Program& program) {
    const std::string begin = "complete -c " + program.name, at = " -n '__" + program.name + "_at ";
    std::string valued, lines;
    for (const auto& command : program.commands) {
        const std::string here = at + '"' + command.path + "\"'";
        for (const auto* below : commands_below(program, command))
            lines += begin + here + " -f -a " + below->name() + " -d " + quoted(below->about) + '\n';
        for (const auto& option : command.options) {
            std::string names;
            for (const auto& name : option.names) {
                names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
                if (!option.value.empty()) valued += ' ' + name;
            }
            if (names.empty()) continue;
            lines += begin + (command.path.empty() ? "" : here) + names + argument(program, option.value) + " -d " +
                     quoted(option.about) + '\n';
        }
    }
    return filled(kScript, {{"name", program.name}, {"valued", valued}, {"lines", lines}});
}

}  // namespace tillkeeper::cli
