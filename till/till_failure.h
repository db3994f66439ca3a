// How calls of the till library fail: as a value. Part of till.h; include that.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace tillkeeper::pos {

enum class Code {
    kInvalid = 1,  // what you gave cannot be used; trying again does not help
    kStorageFull,  // this till's disk is full
    kDisk,         // this till's disk failed
    kDamaged,      // the outbox does not prove itself; the file is left as it is
    kInUse,        // another program has the outbox open
    kTooNew,       // a newer version of this library wrote the outbox
    kNotFound,
    kLimit,     // kWaitingMax sales wait already
    kInternal,  // a fault of this library
};

struct Failure {
    Code code = Code::kInternal;
    std::string message;  // for a person; never a secret
};

struct Nothing {};

// A value, or why there is none.
template <typename T>
class Try {
  public:
    Try(T value) : value_(std::move(value)) {}
    Try(Failure failure) : failure_(std::move(failure)) {}
    [[nodiscard]] explicit operator bool() const { return value_.has_value(); }
    T& operator*() { return *value_; }
    const T& operator*() const { return *value_; }
    T* operator->() { return &*value_; }
    const T* operator->() const { return &*value_; }
    [[nodiscard]] const Failure& failure() const { return failure_; }

  private:
    std::optional<T> value_;
    Failure failure_;
};

}  // namespace tillkeeper::pos
