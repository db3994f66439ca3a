#include "agent/page/html.h"

namespace tillkeeper::agent {

Html::Element::~Element() {
    html_.out_ += "</";
    html_.out_ += name_;
    html_.out_ += '>';
}

Html::Element Html::in(std::string_view name, Attributes attributes) {
    begin(name, attributes);
    return {*this, name};
}

void Html::leaf(std::string_view name, Attributes attributes, std::string_view text) {
    const auto element = in(name, attributes);
    escape(text);
}

void Html::single(std::string_view name, Attributes attributes) {
    begin(name, attributes);
}

void Html::text(std::string_view text) {
    escape(text);
}

void Html::begin(std::string_view name, Attributes attributes) {
    out_ += '<';
    out_ += name;
    for (const auto& [attribute, value] : attributes) {
        out_ += ' ';
        out_ += attribute;
        if (value.empty()) continue;
        out_ += "=\"";
        escape(value);
        out_ += '"';
    }
    out_ += '>';
}

// Characters that no HTML may hold are left out; bytes beyond ASCII stay, the page is UTF-8.
void Html::escape(std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '<':
                out_ += "&lt;";
                break;
            case '>':
                out_ += "&gt;";
                break;
            case '&':
                out_ += "&amp;";
                break;
            case '"':
                out_ += "&quot;";
                break;
            case '\'':
                out_ += "&#39;";
                break;
            default:
                if (static_cast<unsigned char>(c) >= ' ' || c == '\n') out_ += c;
        }
    }
}

}  // namespace tillkeeper::agent
