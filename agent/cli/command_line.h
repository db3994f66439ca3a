// The tree of all commands: what is parsed is what --help, the manual page and the completions tell.
#pragma once

#include <CLI/CLI.hpp>
#include <vector>

#include "agent/cli/backup_command.h"
#include "agent/cli/bus_commands.h"
#include "agent/cli/command.h"
#include "agent/cli/day_commands.h"
#include "agent/cli/enroll.h"
#include "agent/cli/erase_member.h"
#include "agent/cli/export_commands.h"
#include "agent/cli/journal_commands.h"
#include "agent/cli/offline_command.h"
#include "agent/cli/support_commands.h"
#include "agent/cli/update_commands.h"

namespace tillkeeper::cli {

class CommandLine {
  public:
    CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    // Does what is asked; the exit status.
    [[nodiscard]] int run(int argc, char** argv);
    [[nodiscard]] const CLI::App& tree() const { return app_; }

  private:
    Common common_;
    bool watch_ = false;
    JournalWish journal_;
    storage::BackupWish backup_;
    BusWish bus_;
    ErasureWish erasure_;
    EnrollWish enroll_;
    DayWish day_;
    ExportWish export_;
    OfflineWish offline_;
    UpdateWish update_;
    std::string staff_name_;
    SupportWish support_;
    CLI::App app_;
};

}  // namespace tillkeeper::cli
