#include "sync/jq_program.h"

extern "C" {
#include <jq.h>
}

#include "sync/answer.h"

namespace tillkeeper::sync {
namespace {

// A jv counts its references; every use consumes one.
class Value {
  public:
    explicit Value(jv value) : value_(value) {}
    ~Value() { jv_free(value_); }
    Value(const Value&) = delete;
    Value& operator=(const Value&) = delete;
    [[nodiscard]] jv share() const { return jv_copy(value_); }
    // These two, unlike the rest of libjq, do not consume a reference.
    [[nodiscard]] bool valid() const { return jv_is_valid(value_) != 0; }
    [[nodiscard]] const char* text() const { return jv_string_value(value_); }

  private:
    jv value_;
};

std::string words_of(jv message) {
    if (jv_get_kind(message) != JV_KIND_STRING) message = jv_dump_string(message, 0);
    std::string words =
        plain_words({jv_string_value(message), static_cast<std::size_t>(jv_string_length_bytes(jv_copy(message)))});
    jv_free(message);
    return words;
}

void collect(void* words, jv message) {
    auto& all = *static_cast<std::string*>(words);
    if (!all.empty()) all += "; ";
    all += words_of(jq_format_error(message));
}

}  // namespace

struct JqProgram::State {
    jq_state* jq = nullptr;
    std::string complaints;  // here, not in JqProgram: libjq keeps its address
    ~State() {
        if (jq != nullptr) jq_teardown(&jq);
    }
};

JqProgram::JqProgram(std::unique_ptr<State> state) : state_(std::move(state)) {}
JqProgram::JqProgram(JqProgram&&) noexcept = default;
JqProgram& JqProgram::operator=(JqProgram&&) noexcept = default;
JqProgram::~JqProgram() = default;

Result<JqProgram> JqProgram::compile(const std::string& source, std::string_view name) {
    auto state = std::make_unique<State>();
    state->jq = jq_init();
    if (state->jq == nullptr) return fail(ErrorCode::kInternal, "libjq did not start");
    jq_set_error_cb(state->jq, collect, &state->complaints);
    if (jq_compile(state->jq, source.c_str()) == 0)
        return fail(ErrorCode::kInvalid, std::string(name) + ": " + state->complaints);
    return JqProgram(std::move(state));
}

Result<std::string> JqProgram::run(std::string_view json, std::size_t bytes_max) {
    jv input = jv_parse_sized(json.data(), static_cast<int>(json.size()));
    if (jv_is_valid(input) == 0) {
        jv_free(input);
        return fail(ErrorCode::kInvalid, "the input is not JSON");
    }
    state_->complaints.clear();
    jq_start(state_->jq, input, 0);
    const Value output(jq_next(state_->jq));
    if (!output.valid()) {
        if (jv_invalid_has_msg(output.share()) != 0)
            return fail(ErrorCode::kInvalid, words_of(jv_invalid_get_msg(output.share())));
        return fail(ErrorCode::kInvalid, "the program gave nothing");
    }
    const Value text(jv_dump_string(output.share(), 0));
    const auto size = static_cast<std::size_t>(jv_string_length_bytes(text.share()));
    if (size > bytes_max) return fail(ErrorCode::kLimit, "the program's output is too large");
    return std::string(text.text(), size);
}

}  // namespace tillkeeper::sync
