// Result<T>: a value or an Error that says what went wrong in words a person can act on.
//
// Errors are returned, not logged: whoever can decide what to do handles them. Exceptions of libraries are
// caught where the library is called and never cross a folder.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace tillkeeper {

enum class ErrorCode {
    kInvalid,      // the caller's input cannot be used; trying again does not help
    kNotFound,     // there is no such thing
    kUnavailable,  // not now; trying again may help
    kStorageFull,  // the disk is full
    kIo,           // a read, write or sync failed; what was written may or may not be there
    kCorrupt,      // what is stored does not prove itself
    kTooNew,       // written by a newer program that this one cannot read
    kLimit,        // a named limit was reached
    kInternal,     // a broken promise of our own
};

struct Error {
    ErrorCode code = ErrorCode::kInternal;
    std::string message;  // what, where, and what to do; never a secret, never personal data
};

template <typename T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
    return std::unexpected(Error{code, std::move(message)});
}

}  // namespace tillkeeper
