// Enrolment of a box by a person: the device grant (RFC 8628) from the first request to the refresh token. Waits and
// asks through what it is given; the command line and the tests give different things.
#pragma once

#include <functional>
#include <string>

#include "platform/clock.h"
#include "platform/http.h"
#include "platform/random.h"
#include "platform/result.h"
#include "sync/device_grant.h"
#include "sync/oauth_settings.h"

namespace tillkeeper::sync {

struct EnrolmentParts {
    const Clock& clock;
    Random& random;
    std::function<HttpResponse(HttpRequest)> ask;
    std::function<void(Duration)> wait;
    std::function<void(const DeviceCodes&)> show;  // to the person, once
};

// The refresh token. The error is for people: which endpoint said what, that the person said no, that nobody came in
// time. `client`: with an issuer, or with token_url and device_authorization_url. Returns when it is decided.
[[nodiscard]] Result<std::string> enrol(OAuthClient client, const std::string& ca_file, const EnrolmentParts& parts);

}  // namespace tillkeeper::sync
