#include "agent/cli/pages/completions.h"

namespace tillkeeper::cli {
namespace {

constexpr const char* kScript = R"SH(#compdef @name@
# Made from its tree of commands when it is built.
_@name@_at() {  # sets commands and options of the command $1
    commands=() options=()
    case $1 in
@commands@    esac
}
_@name@_value() {  # sets value: what is said after ":OPTION", or at the end of "COMMAND:"
    value=
    case $1 in
@values@    esac
}
_@name@() {
    local at word value skip i
    local -a commands options config
    for ((i = 2; i < CURRENT; ++i)); do
        word=$words[i]
        if [[ -n $skip ]]; then
            [[ $skip == --config ]] && config=(--config $word)
            skip=
            continue
        fi
        _@name@_at "$at"
        if [[ $word == -* ]]; then
            _@name@_value ":$word"
            [[ -n $value ]] && skip=$word
        elif (( ${commands[(I)$word:*]} )); then
            at=${at:+$at }$word
        fi
    done
    _@name@_at "$at"
    _@name@_value "${${skip:+:$skip}:-$at:}"
    if [[ $words[CURRENT] == -* && -z $skip ]]; then
        _describe option options
        return
    fi
    case $value in
        FILE) _files ;;
        FOLDER) _files -/ ;;
        DESTINATION) compadd -- ${(f)"$($words[1] $config config destinations 2>/dev/null)"} ;;
        *) [[ -z $skip ]] && _describe command commands ;;
    esac
}
_@name@ "$@"
)SH";

// 'name:about', with what the shell and _describe would take for themselves made harmless.
std::string described(const std::string& name, const std::string& about) {
    std::string out = "'" + name + ':';
    for (const char c : about)
        if (c == '\'')
            out += "'\\''";
        else if (c == ':')
            out += "\\:";
        else
            out += c;
    return out + "'";
}

}  // namespace

std::string zsh_completion(const Program& program) {
    std::string commands;
    for (const auto& command : program.commands) {
        commands += "        '" + command.path + "')\n            commands=(";
        for (const auto* below : commands_below(program, command))
            commands += "\n                " + described(below->name(), below->about);
        commands += ")\n            options=(";
        for (const auto& option : options_at(program, command.path))
            for (const auto& name : option.names) commands += "\n                " + described(name, option.about);
        commands += ") ;;\n";
    }
    return filled(kScript, {{"name", program.name}, {"commands", commands}, {"values", value_cases(program)}});
}

}  // namespace tillkeeper::cli
