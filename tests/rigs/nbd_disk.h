// NbdDisk: ext4 on a block device that a program of ours serves, so that it can fail as hardware does.
//
//     ext4 ── loop device ── FUSE file (nbdfuse) ──NBD── nbdkit with filters ── image
//
// In a mount namespace of our own. Ownership: by value. Thread: the one that made it, see process.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/process.h"
#include "tests/rigs/disk.h"

namespace tillkeeper::rigs {

struct NbdSetup {
    std::filesystem::path folder;           // of the image and the sockets
    std::vector<std::string> filters = {};  // of nbdkit, outermost first
    std::vector<std::string> options = {};  // for them
    bool journal = true;                    // of ext4: with it the file system gives up at the first failed commit
    std::uint64_t bytes = 64u << 20;
};

class NbdDisk {
  public:
    // Makes the file system, and switches it on.
    [[nodiscard]] static Result<NbdDisk> make(NbdSetup setup);
    NbdDisk(NbdDisk&& other) = default;
    NbdDisk& operator=(NbdDisk&&) = delete;
    ~NbdDisk();

    [[nodiscard]] std::filesystem::path folder() const { return setup_.folder / "disk"; }
    // As sync(1): everything so far is on the disk, whatever the daemon did about it.
    void flush() const;
    // What the server was not told to flush is gone from now on. Returns at once.
    void cut_power() const;
    // Unmounts; what is left of device and server goes too. Nobody may have a file open there.
    void switch_off();
    [[nodiscard]] Result<void> switch_on();

  private:
    explicit NbdDisk(NbdSetup setup) : setup_(std::move(setup)) {}
    [[nodiscard]] std::filesystem::path image() const { return setup_.folder / "disk.image"; }
    [[nodiscard]] std::filesystem::path device() const { return setup_.folder / "disk.nbd"; }

    NbdSetup setup_;
    std::optional<lab::Process> server_;
    std::optional<lab::Process> fuse_;
    std::optional<Disk> disk_;
};

}  // namespace tillkeeper::rigs
