// One JSON string (RFC 8259 section 7) read strictly: UTF-8 in its shortest form (RFC 3629), known escapes only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tillkeeper::agent {

class JsonString {
  public:
    // Reads from behind the opening quote at `from`. False when it is broken: see error() and end().
    [[nodiscard]] bool read(std::string_view text, std::size_t from);

    [[nodiscard]] std::size_t end() const { return at_; }  // behind the closing quote, or where it broke
    [[nodiscard]] std::string_view error() const { return error_; }
    // The text without escapes; valid until the next read() and as long as the text read from.
    [[nodiscard]] std::string_view value() const { return escaped_ ? std::string_view(decoded_) : raw_; }
    [[nodiscard]] bool has_nul() const { return nul_; }
    [[nodiscard]] bool has_lone_surrogate() const { return lone_surrogate_; }

  private:
    bool stop(std::string_view what);
    bool escape();
    bool surrogate(std::uint32_t high);
    bool hex4(std::uint32_t& unit);
    bool utf8();
    void append(std::uint32_t character);
    [[nodiscard]] unsigned byte(std::size_t offset) const {
        return at_ + offset < text_.size() ? static_cast<unsigned char>(text_[at_ + offset]) : 0U;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string_view raw_;
    std::string decoded_;
    std::string_view error_;
    bool escaped_ = false;
    bool nul_ = false;
    bool lone_surrogate_ = false;
};

}  // namespace tillkeeper::agent
