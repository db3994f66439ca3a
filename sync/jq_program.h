// JqProgram: one compiled jq program (libjq 1.6). Thread: one at a time.
//
// Numbers pass through doubles: what does not fit was quarantined long before. A program is the operator's own and is
// trusted to end; what it may produce is bounded.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper::sync {

inline constexpr std::size_t kJqOutputBytesMax = std::size_t{1} << 20;

class JqProgram {
  public:
    // kInvalid with jq's words and the line when it does not compile. `name` is for the message.
    [[nodiscard]] static Result<JqProgram> compile(const std::string& source, std::string_view name);
    JqProgram(JqProgram&&) noexcept;
    JqProgram& operator=(JqProgram&&) noexcept;
    ~JqProgram();

    // The first output for this JSON text, as compact JSON. kInvalid: not JSON, the program failed (its words), there
    // was no output. kLimit: the output is larger than `bytes_max`.
    [[nodiscard]] Result<std::string> run(std::string_view json, std::size_t bytes_max = kJqOutputBytesMax);

  private:
    struct State;
    explicit JqProgram(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace tillkeeper::sync
