// ClientAuthority: an authority whose clients a TlsServer lets in, and certificates of it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "platform/certificates.h"
#include "platform/http.h"

namespace tillkeeper {

class ClientAuthority {
  public:
    ClientAuthority() : own_(make_authority("Clients' CA", kUntil).value()) {
        file_ = testing::TempDir() + "clients-ca-XXXXXX";
        close(mkstemp(file_.data()));
        std::ofstream(file_) << own_.certificate_pem;
    }
    ~ClientAuthority() { std::filesystem::remove(file_); }
    ClientAuthority(const ClientAuthority&) = delete;
    ClientAuthority& operator=(const ClientAuthority&) = delete;

    [[nodiscard]] const std::string& file() const { return file_; }
    // A new key with its certificate, at each call.
    [[nodiscard]] TlsIdentity client(const std::string& name) const {
        const auto made = issue_certificate(own_, {.common_name = name, .hosts = {}, .until = kUntil}).value();
        return {made.certificate_pem, made.key_pem};
    }

  private:
    static constexpr WallTime kUntil = std::chrono::sys_days(std::chrono::year(2100) / 1 / 1);
    Identity own_;
    std::string file_;
};

}  // namespace tillkeeper
