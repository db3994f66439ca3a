#include "agent/contract/json_walk.h"

#include "agent/contract/json_string.h"

namespace tillkeeper::agent {
namespace {

class Walk {
  public:
    Walk(std::string_view text, JsonEditor& editor) : text_(text), editor_(editor) {}

    std::string run() {
        while (at_ < text_.size()) step();
        out_.append(text_.substr(copied_));
        return std::move(out_);
    }

  private:
    void step() {
        switch (text_[at_]) {
            case '{':
            case '[':
                path_.emplace_back();
                in_object_.push_back(text_[at_++] == '{');
                name_next_ = in_object_.back();
                return;
            case '}':
            case ']':
                path_.pop_back();
                in_object_.pop_back();
                ++at_;
                return;
            case ',':
                name_next_ = !in_object_.empty() && in_object_.back();
                ++at_;
                return;
            case '"':
                return string();
            case ':':
            case ' ':
            case '\t':
            case '\r':
            case '\n':
                ++at_;
                return;
            default:
                return word();
        }
    }

    void string() {
        const std::size_t start = at_;
        if (!string_.read(text_, at_ + 1)) {  // scan_json() has passed it
            at_ = text_.size();
            return;
        }
        at_ = string_.end();
        if (name_next_)
            path_.back() = string_.value();
        else
            value(JsonType::kString, start, string_.value());
        name_next_ = false;
    }

    void word() {
        const std::size_t start = at_;
        at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
        const auto text = text_.substr(start, at_ - start);
        const char first = text.front();
        const bool boolean = first == 't' || first == 'f';
        value(boolean ? JsonType::kBoolean : first == 'n' ? JsonType::kNull : JsonType::kNumber, start, text);
    }

    void value(JsonType type, std::size_t start, std::string_view text) {
        const auto instead = editor_.edit(path_, type, text);
        if (!instead) return;
        out_.append(text_.substr(copied_, start - copied_)).append(*instead);
        copied_ = at_;
    }

    std::string_view text_;
    JsonEditor& editor_;
    std::size_t at_ = 0;
    std::size_t copied_ = 0;
    bool name_next_ = false;
    JsonPath path_;
    std::vector<bool> in_object_;
    JsonString string_;
    std::string out_;
};

}  // namespace

std::string edited_json(std::string_view json, JsonEditor& editor) {
    return Walk(json, editor).run();
}

}  // namespace tillkeeper::agent
