// LoginFile: the refresh token of one login, in DATA/logins/NAME.json (0600). It names the client and the server that
// it is of, and is shown to no other. Daemon and command line may both write: whoever enrols wins. Thread: one.
#pragma once

#include <string>

#include "sync/destination.h"
#include "sync/stored_login.h"

namespace tillkeeper::agent {

class LoginFile final : public sync::StoredLogin {
  public:
    // `name` as in the configuration, `client` whose login it is.
    LoginFile(const std::string& data_folder, std::string name, const sync::OAuthClient& client);

    [[nodiscard]] Result<std::string> token() override;
    [[nodiscard]] Result<void> replace(std::string_view used, std::string_view next) override;
    [[nodiscard]] std::string remedy() const override;

    // A person let this box in: replaces whatever is there. kNotFound: there is no data folder yet.
    [[nodiscard]] Result<void> enrol(std::string_view token);

  private:
    [[nodiscard]] Result<void> look();
    [[nodiscard]] Result<std::string> token_in(const std::string& text) const;
    [[nodiscard]] std::string text_of(std::string_view token) const;
    [[nodiscard]] Result<void> write(std::string_view token);

    std::string data_folder_;
    std::string folder_;
    std::string path_;
    std::string name_;
    std::string server_;
    std::string client_id_;
    std::string seen_;                // the file's text, as last read or written
    Result<std::string> token_ = "";  // newer than the file where that could not be written
};

}  // namespace tillkeeper::agent
