// tillkeeper: the command line. Exit 0 fine, 1 not fine, 2 wrong usage.

#include "agent/cli/command_line.h"

int main(int argc, char** argv) {
    return tillkeeper::cli::CommandLine().run(argc, argv);
}
