#include "agent/local/control_answer.h"

#include "agent/contract/problem.h"

namespace tillkeeper::agent {
namespace {

int status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::kInvalid:
            return 400;
        case ErrorCode::kNotFound:
            return 404;
        case ErrorCode::kLimit:
        case ErrorCode::kUnavailable:
        case ErrorCode::kStorageFull:
            return 503;
        default:
            return 500;
    }
}

}  // namespace

ServerResponse control_answer(Result<std::string> json) {
    ServerResponse response;
    if (json) {
        response.body = std::move(*json);
    } else {
        response.status = status_of(json.error().code);
        response.body = "{\"error\":" + quoted(json.error().message) + '}';
    }
    return response;
}

}  // namespace tillkeeper::agent
