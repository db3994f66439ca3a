// StoreAuthority: the store's own certificate authority, in one folder, which signs for the broker, the agent and
// tills.
//
//   authority.pem  its key and certificate (0600)      server.pem  the broker's key and certificate (0640)
//   ca.pem         what everybody trusts (0644)        agent.pem   the agent's key and certificate (0600)
//   issued         tills' certificates, a line each    revoked.pem those that are no longer good (0644)
//
// Every file is written whole or not at all [agent-9]; what is missing or damaged but the authority itself is made
// again. Thread: any one; one process at a time writes, see FolderTurn.
#pragma once

#include <string>
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

    // Makes what is missing and renews what is due. True when the broker has to be told.
    [[nodiscard]] Result<bool> keep(WallTime now) const;

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

// While it lives, no other process changes the folder. Blocks until it is our turn.
class FolderTurn {
  public:
    explicit FolderTurn(const std::string& folder);
    ~FolderTurn();
    FolderTurn(const FolderTurn&) = delete;
    FolderTurn& operator=(const FolderTurn&) = delete;

  private:
    int file_;
};

}  // namespace tillkeeper::agent
