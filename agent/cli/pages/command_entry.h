// One command of a program, and what can be said to it.
#pragma once

#include <string>
#include <vector>

namespace tillkeeper::cli {

struct OptionEntry {
    std::vector<std::string> names;  // "-h", "--help"; none: it is told by its place
    std::string value;               // "FILE"; "": takes none
    std::string about;
    std::string preset;  // what it is when nothing is said; "": nothing
    bool required = false;
};

struct CommandEntry {
    std::string path;  // "queue list"; "": the program
    std::string about;
    std::vector<OptionEntry> options;
    std::vector<std::string> commands;  // the names of those below

    [[nodiscard]] std::string name() const { return path.substr(path.rfind(' ') + 1); }
};

// What the tree does not know.
struct Section {
    std::string title;
    std::vector<std::pair<std::string, std::string>> items;  // a term ("": none) and what is said about it
};

struct Program {
    std::string name, version, date;
    int section = 1;
    std::vector<CommandEntry> commands;
    std::vector<Section> sections;
};

}  // namespace tillkeeper::cli
