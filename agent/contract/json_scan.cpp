#include "agent/contract/json_scan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "agent/contract/card_number.h"
#include "agent/contract/json_string.h"

namespace tillkeeper::agent {
namespace {

constexpr std::int64_t kExactIntegerMax = std::int64_t{1} << 53;
constexpr std::size_t kExactDigits = 15;  // a double keeps any decimal of so many digits

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Where we are: one step per open object or array.
struct Step {
    bool is_object = false;
    std::size_t index = 0;       // arrays: of the current element
    bool named = false;          // objects: the current member's name was read
    std::size_t names_from = 0;  // objects: where its names begin in Scan::names_; the current one is the last
    std::size_t name_at = 0;     // objects: the current member's name in Scan::names_
};

class Scan {
  public:
    Scan(std::string_view text, const JsonLimits& limits, JsonVisitor* visitor)
        : text_(text), limits_(limits), visitor_(visitor) {}

    Result<std::vector<JsonFinding>> run() {
        skip_space();
        if (!value()) return std::unexpected(error_);
        skip_space();
        if (at_ != text_.size()) return std::unexpected(broken("nothing may follow the document").error());
        return std::move(findings_);
    }

  private:
    Result<void> broken(std::string_view what) const {
        return fail(ErrorCode::kInvalid, std::string(what) + " at byte " + std::to_string(at_));
    }
    bool stop(std::string_view what) {
        error_ = broken(what).error();
        return false;
    }
    bool limit(std::string_view what, std::size_t max) {
        error_ = Error{ErrorCode::kLimit, std::string(what) + ": more than " + std::to_string(max)};
        return false;
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        if (peek() != c || at_ >= text_.size()) return false;
        ++at_;
        return true;
    }
    void skip_space() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
            ++at_;
    }

    bool value() {
        if (++values_ > limits_.values_max) return limit("values in one document", limits_.values_max);
        switch (peek()) {
            case '{':
                visit(JsonType::kObject);
                return object();
            case '[':
                visit(JsonType::kArray);
                return array();
            case '"':
                return string_value();
            case 't':
                return literal("true", JsonType::kBoolean);
            case 'f':
                return literal("false", JsonType::kBoolean);
            case 'n':
                return literal("null", JsonType::kNull);
            default:
                return number();
        }
    }

    void visit(JsonType type, std::string_view text = {}) {
        if (visitor_ == nullptr || path_.size() > JsonPlace{}.names.size()) return;
        JsonPlace place;
        place.depth = path_.size();
        for (std::size_t i = 0; i < path_.size(); ++i) {
            if (path_[i].is_object)
                place.names[i] = names_[path_[i].name_at];
            else
                place.index = path_[i].index;
        }
        visitor_->value(place, type, text);
    }

    bool literal(std::string_view word, JsonType type) {
        if (text_.substr(at_, word.size()) != word) return stop("not a JSON value");
        at_ += word.size();
        visit(type, type == JsonType::kBoolean ? word : "");
        return true;
    }

    bool enter(bool is_object) {
        if (path_.size() >= limits_.depth_max) return limit("nesting", limits_.depth_max);
        path_.push_back(
            {.is_object = is_object, .index = 0, .named = false, .names_from = names_.size(), .name_at = 0});
        ++at_;
        skip_space();
        return true;
    }

    bool object() {
        if (!enter(true)) return false;
        if (!take('}')) {
            do {
                skip_space();
                if (!member_name()) return false;
                skip_space();
                if (!take(':')) return stop("':' expected");
                skip_space();
                if (!value()) return false;
                skip_space();
            } while (take(','));
            if (!take('}')) return stop("',' or '}' expected");
        }
        names_.resize(path_.back().names_from);
        path_.pop_back();
        return true;
    }

    bool member_name() {
        path_.back().named = false;  // what is wrong with a name is said of the object, the name itself is not repeated
        if (!string()) return false;
        Step& step = path_.back();
        if (names_.size() - step.names_from >= limits_.members_per_object_max)
            return limit("members of one object", limits_.members_per_object_max);
        std::string plain(string_.value());
        const auto others = names_.begin() + static_cast<std::ptrdiff_t>(step.names_from);
        const bool repeated = std::find(others, names_.end(), plain) != names_.end();
        if (contains_card_number(plain)) found(JsonFinding::Kind::kCardNumber);
        step.named = true;
        step.name_at = names_.size();
        names_.push_back(std::move(plain));
        if (repeated) found(JsonFinding::Kind::kRepeatedMember);
        return true;
    }

    bool array() {
        if (!enter(false)) return false;
        if (!take(']')) {
            do {
                skip_space();
                if (!value()) return false;
                ++path_.back().index;
                skip_space();
            } while (take(','));
            if (!take(']')) return stop("',' or ']' expected");
        }
        path_.pop_back();
        return true;
    }

    bool string_value() {
        if (!string()) return false;
        if (contains_card_number(string_.value(), member())) found(JsonFinding::Kind::kCardNumber);
        visit(JsonType::kString, string_.value());
        return true;
    }

    // The nearest one that the value belongs to, also through lists.
    std::string_view member() const {
        const auto step = std::find_if(path_.rbegin(), path_.rend(), [](const Step& s) { return s.is_object; });
        return step != path_.rend() ? std::string_view(names_[step->name_at]) : std::string_view();
    }

    // Leaves at_ behind the closing quote and the text in string_.
    bool string() {
        if (peek() != '"' || at_ >= text_.size()) return stop("a string expected");
        const bool good = string_.read(text_, at_ + 1);
        at_ = string_.end();
        if (!good) return stop(string_.error());
        if (string_.has_nul()) found(JsonFinding::Kind::kNulCharacter);
        if (string_.has_lone_surrogate()) found(JsonFinding::Kind::kLoneSurrogate);
        return true;
    }

    bool digits() {
        if (!is_digit(peek())) return stop("a digit expected");
        while (is_digit(peek())) ++at_;
        return true;
    }

    bool number() {
        const std::size_t start = at_;
        take('-');
        if (!is_digit(peek())) return stop("not a JSON value");
        if (!take('0') && !digits()) return false;
        if (take('.') && !digits()) return false;
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            if (!digits()) return false;
        }
        const auto token = text_.substr(start, at_ - start);
        if (!is_exact(token)) found(JsonFinding::Kind::kInexactNumber);
        if (contains_card_number(token, member())) found(JsonFinding::Kind::kCardNumber);
        visit(JsonType::kNumber, token);
        return true;
    }

    static bool is_exact(std::string_view token) {
        if (token.size() <= kExactDigits && token.find_first_of("eE") == std::string_view::npos) return true;
        if (token.find_first_of(".eE") == std::string_view::npos) {
            std::int64_t integer = 0;
            const auto error = std::from_chars(token.data(), token.data() + token.size(), integer).ec;
            return error == std::errc{} && integer <= kExactIntegerMax && integer >= -kExactIntegerMax;
        }
        double value = 0;
        const auto error = std::from_chars(token.data(), token.data() + token.size(), value).ec;
        const auto digits = std::ranges::count_if(token.substr(0, token.find_first_of("eE")), is_digit);
        return error == std::errc{} && std::isfinite(value) && static_cast<std::size_t>(digits) <= kExactDigits;
    }

    void found(JsonFinding::Kind kind) {
        if (findings_.size() < kJsonFindingsMax || kind == JsonFinding::Kind::kCardNumber)
            findings_.push_back({kind, pointer()});
        if (findings_.size() > 2 * kJsonFindingsMax) findings_.resize(2 * kJsonFindingsMax);
    }

    std::string pointer() const {
        std::string out;
        for (const Step& step : path_) {
            if (step.is_object && !step.named) break;
            out += '/';
            if (!step.is_object) {
                out += std::to_string(step.index);
                continue;
            }
            for (const char c : names_[step.name_at]) {
                if (c == '~')
                    out += "~0";
                else if (c == '/')
                    out += "~1";
                else
                    out += c;
            }
        }
        return out;
    }

    std::string_view text_;
    const JsonLimits& limits_;
    JsonVisitor* visitor_;
    std::size_t at_ = 0;
    std::size_t values_ = 0;
    std::vector<Step> path_;
    std::vector<std::string> names_;  // of all open objects
    JsonString string_;
    std::vector<JsonFinding> findings_;
    Error error_;
};

}  // namespace

Result<std::vector<JsonFinding>> scan_json(std::string_view text, const JsonLimits& limits, JsonVisitor* visitor) {
    return Scan(text, limits, visitor).run();
}

}  // namespace tillkeeper::agent
