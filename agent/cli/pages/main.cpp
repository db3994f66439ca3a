// tillkeeper_pages FOLDER DATE: writes the manual pages and completions of all programs. Runs when they are built.

#include <filesystem>
#include <fstream>
#include <iostream>

#include "agent/box/box_line.h"
#include "agent/cli/command_line.h"
#include "agent/cli/pages/completions.h"
#include "agent/cli/pages/manual_page.h"
#include "agent/cli/pages/programs.h"
#include "agent/daemon_line.h"

namespace {

using namespace tillkeeper;

bool write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::trunc);
    out << text << std::flush;
    if (!out) std::cerr << "tillkeeper_pages: cannot write " << file << '\n';
    return static_cast<bool>(out);
}

bool write_all(const std::filesystem::path& folder, const cli::Program& program) {
    const auto& name = program.name;
    return write(folder / (name + '.' + std::to_string(program.section)), cli::manual_page(program)) &&
           write(folder / (name + ".bash"), cli::bash_completion(program)) &&
           write(folder / ('_' + name), cli::zsh_completion(program)) &&
           write(folder / (name + ".fish"), cli::fish_completion(program));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: tillkeeper_pages FOLDER DATE\n";
        return 2;
    }
    const cli::CommandLine command_line;
    agent::DaemonLine daemon_line;
    box::BoxLine box_line;
    return write_all(argv[1], cli::command_line_program(command_line.tree(), argv[2])) &&
                   write_all(argv[1], cli::daemon_program(daemon_line.tree(), argv[2])) &&
                   write_all(argv[1], cli::box_program(box_line.tree(), argv[2]))
               ? 0
               : 1;
}
