#include "agent/cli/pages/completions.h"

namespace tillkeeper::cli {
namespace {

constexpr const char* kScript = R"SH(# Completion of @name@; made from its tree of commands when it is built.
_@name@_at() {  # sets commands and options of the command $1
    commands= options=
    case "$1" in
@commands@    esac
}
_@name@_value() {  # sets value: what is said after ":OPTION", or at the end of "COMMAND:"
    value=
    case "$1" in
@values@    esac
}
_@name@() {
    local cur=${COMP_WORDS[COMP_CWORD]} path= word= commands= options= value= skip= key= i
    local -a config=()
    COMPREPLY=()
    if [[ $cur == = ]]; then cur=; fi
    for ((i = 1; i < COMP_CWORD; ++i)); do
        word=${COMP_WORDS[i]}
        if [[ $word == = ]]; then continue; fi
        if [[ -n $skip ]]; then
            if [[ $skip == --config ]]; then config=(--config "$word"); fi
            skip=
            continue
        fi
        _@name@_at "$path"
        if [[ $word == -* ]]; then
            _@name@_value ":$word"
            if [[ -n $value ]]; then skip=$word; fi
        elif [[ " $commands " == *" $word "* ]]; then
            path=${path:+$path }$word
        fi
    done
    _@name@_at "$path"
    key=${skip:+:$skip}
    _@name@_value "${key:-$path:}"
    if [[ $cur == -* && -z $skip ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        return
    fi
    case "$value" in
        FILE) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        FOLDER) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
        DESTINATION)
            word=$("${COMP_WORDS[0]}" "${config[@]}" config destinations 2>/dev/null)
            mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur") ;;
        *) if [[ -z $skip ]]; then mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur"); fi ;;
    esac
}
complete -F _@name@ @name@
)SH";

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

}  // namespace

std::string bash_completion(const Program& program) {
    std::string commands;
    for (const auto& command : program.commands) {
        std::vector<std::string> options;
        for (const auto& option : options_at(program, command.path))
            options.insert(options.end(), option.names.begin(), option.names.end());
        commands += "        '" + command.path + "') commands='" + joined(command.commands) + "' options='" +
                    joined(options) + "' ;;\n";
    }
    return filled(kScript, {{"name", program.name}, {"commands", commands}, {"values", value_cases(program)}});
}

}  // namespace tillkeeper::cli
