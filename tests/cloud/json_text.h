// JSON without a tree: a reader that goes through a text once, and the writing of strings.
//
// The cloud under a drain reads some hundred kilobytes per request; a tree would cost more than everything else.
// Strict as RFC 8259, except that numbers are judged only when they are asked for. Its own, not the daemon's: the
// cloud judges what the daemon writes.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace tillkeeper::cloud {

// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);

// Every call after a failure does nothing; ask failed() at the end.
//
//     if (reader.open('{'))
//         for (std::string_view name; reader.next_member(name);) name == "id" ? id = reader.string() : reader.skip();
class JsonReader {
  public:
    // `text` outlives the reader and what it returned.
    explicit JsonReader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    // The first character of the next value, or 0 at the end.
    [[nodiscard]] char peek();
    // Enters an object ('{') or an array ('['). False, and nothing read, when the next value is another.
    [[nodiscard]] bool open(char kind);
    // The next member or item of the innermost one, whose value must be read next. False when it is closed.
    [[nodiscard]] bool next_member(std::string_view& name);
    [[nodiscard]] bool next_item();
    // The next value; one of another kind is skipped and reads as empty.
    std::string_view string();  // valid as long as the reader
    std::optional<std::int64_t> integer();
    double number();
    void skip();

    [[nodiscard]] bool failed() const { return failed_; }
    // Nothing but space follows, and nothing failed.
    [[nodiscard]] bool at_end() { return peek() == 0 && !failed_ && at_ == end_; }

  private:
    bool fail();
    bool close_or_comma(char closing);
    std::string_view quoted();
    std::string_view unescaped(const char* begin);
    bool escape(std::string& out);
    std::optional<unsigned> four_digits();
    std::string_view number_text();

    const char* at_;
    const char* end_;
    int depth_ = 0;
    bool fresh_ = false;  // a container was entered, and nothing of it was read
    bool failed_ = false;
    std::deque<std::string> unescaped_;  // strings that had escapes; their addresses stay
};

}  // namespace tillkeeper::cloud
