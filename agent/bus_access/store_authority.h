// StoreAuthority: the store's own certificate authority, in one folder, which signs for the broker, the agent and
// tills.
//
//   authority.pem  its key and certificate (0600)      server.pem  the broker's key and certificate (0640)
//   ca.pem         what everybody trusts (0644)        agent.pem   the agent's key and certificate (0600)
//   issued         tills' certificates, a line each    revoked.pem those that are no longer good (0644)
//   untold         is there while the broker has still to read what changed
//
// Every file is written whole or not at all [agent-9]; server.pem and agent.pem are made again when they are missing,
// damaged, signed by another authority or for other hosts. What names revocations is never guessed: damaged, it is an
// error. Thread: any one; one process at a time writes, see FolderTurn.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "platform/certificates.h"

namespace tillkeeper::agent {

struct IssuedCertificate {
    std::string till;
    std::string serial;
    std::string until;  // RFC 3339
    bool revoked = false;
};

class StoreAuthority {
  public:
    // `hosts`: what the broker is called besides localhost, its addresses and this machine's name.
    StoreAuthority(std::string folder, std::vector<std::string> hosts);

    // Makes what is missing and renews what is due. True when something changed; the broker has to be told then.
    [[nodiscard]] Result<bool> keep(WallTime now) const;
    // Whether the broker has still to be told of a change, be it of an earlier process; and that it was.
    [[nodiscard]] bool untold() const;
    void told() const;

    // A client certificate for a till, noted in `issued` before it is handed out.
    [[nodiscard]] Result<Identity> issue(const std::string& till, WallTime now) const;
    // All of the till's certificates stop to be good, but the one with the serial `except`. How many did.
    [[nodiscard]] Result<int> revoke(const std::string& till, const std::string& except = "") const;
    [[nodiscard]] Result<std::vector<IssuedCertificate>> issued() const;

    [[nodiscard]] std::string path(const char* name) const { return folder_ + "/" + name; }

  private:
    [[nodiscard]] Result<Identity> authority() const;
    [[nodiscard]] Result<Identity> keep_authority(WallTime now, bool& changed) const;
    [[nodiscard]] Result<void> keep_leaf(const Identity& authority, const char* name, const CertificateWish& wish,
                                         Duration life, WallTime now, bool& changed) const;
    [[nodiscard]] Result<void> write_issued(const std::vector<IssuedCertificate>& all) const;
    [[nodiscard]] Result<void> write_revoked(const Identity& authority) const;

    std::string folder_;
    std::vector<std::string> hosts_;
};

// While it lives, no other process changes the folder.
class FolderTurn {
  public:
    // Blocks until it is our turn; an error when the folder cannot be locked.
    [[nodiscard]] static Result<FolderTurn> take(const std::string& folder);
    ~FolderTurn();
    FolderTurn(FolderTurn&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
    FolderTurn& operator=(FolderTurn&&) = delete;

  private:
    explicit FolderTurn(int file) : file_(file) {}

    int file_;
};

}  // namespace tillkeeper::agent
