// StoredLogin: the refresh token of a box that a person enrolled (`tillkeeper enroll`), in a place that outlives a
// power cut. Each use may replace it (RFC 6749 section 6), and a server takes the old one for stolen: so it is used by
// one renewal at a time, whoever shares it. Thread: one, the sync loop in the daemon.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "platform/result.h"

namespace tillkeeper::sync {

class StoredLogin {
  public:
    StoredLogin() = default;
    StoredLogin(const StoredLogin&) = delete;
    StoredLogin& operator=(const StoredLogin&) = delete;
    virtual ~StoredLogin() = default;

    // The refresh token to use next, read anew. The error is for people and says what to do.
    [[nodiscard]] virtual Result<std::string> token() = 0;
    // `next` is what the server gave for `used`. Durable when it returns; with an error it is kept in memory, and
    // token() goes on with it. Where somebody enrolled the box meanwhile, that one stays.
    [[nodiscard]] virtual Result<void> replace(std::string_view used, std::string_view next) = 0;
    // What a person has to type when the server no longer takes it.
    [[nodiscard]] virtual std::string remedy() const = 0;

    // The right to use the token, until it is destroyed. It does not outlive the login.
    class Turn {
      public:
        explicit Turn(StoredLogin& login) : login_(&login) { login.taken_ = true; }
        Turn(Turn&& other) noexcept : login_(std::exchange(other.login_, nullptr)) {}
        Turn& operator=(Turn&& other) noexcept {
            std::swap(login_, other.login_);
            return *this;
        }
        ~Turn() {
            if (login_ != nullptr) login_->taken_ = false;
        }

      private:
        StoredLogin* login_;
    };
    // Nothing while another one has it.
    [[nodiscard]] std::optional<Turn> take_turn() {
        if (taken_) return std::nullopt;
        return std::optional<Turn>(std::in_place, *this);
    }

    [[nodiscard]] bool taken() const { return taken_; }

  private:
    bool taken_ = false;
};

}  // namespace tillkeeper::sync
