// `tillkeeper enroll`: a person lets this box in at a login service, with a phone (RFC 8628).
#pragma once

#include <functional>
#include <string>

#include "agent/cli/json_view.h"
#include "agent/config/config.h"
#include "platform/result.h"
#include "sync/device_grant.h"

namespace tillkeeper::cli {

struct EnrollWish {
    std::string login;   // "" for the only one
    std::string socket;  // of the daemon, which is told
};

// Talks to the login service itself, so that it also works while the daemon is stopped; waits for the person; stores
// the refresh token where the daemon reads it, and has that try at once. JSON:
// {"enrolled":true,"login","used_by":[...],"daemon_told":bool}. `show` gets what the person needs, once.
[[nodiscard]] Result<std::string> enroll(const agent::Config& config, const EnrollWish& wish,
                                         const std::function<void(const sync::DeviceCodes&)>& show);

// {"user_code","verification_uri","verification_uri_complete","expires_in"}
[[nodiscard]] std::string codes_json(const sync::DeviceCodes& codes);
// In plain words, with a QR code where `with_qr` says that somebody sees it.
[[nodiscard]] std::string codes_text(const sync::DeviceCodes& codes, bool with_qr);
[[nodiscard]] std::string enrolled_text(JsonView done);

}  // namespace tillkeeper::cli
