// Html: writes HTML that is always closed and always escaped: there is no way to put markup in as text.
// Names of elements and attributes come from the code; everything else may come from anywhere.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tillkeeper::agent {

class Html {
  public:
    using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    // Closes its element when it goes. The Html outlives it.
    class Element {
      public:
        Element(Html& html, std::string_view name) : html_(html), name_(name) {}
        ~Element();
        Element(const Element&) = delete;
        Element& operator=(const Element&) = delete;

      private:
        Html& html_;
        std::string_view name_;
    };

    // What is written while the answer lives stands inside of it.
    [[nodiscard]] Element in(std::string_view name, Attributes attributes = {});
    // A whole element with text alone.
    void leaf(std::string_view name, Attributes attributes, std::string_view text);
    // One that never has content: input, link, meta.
    void single(std::string_view name, Attributes attributes);
    void text(std::string_view text);

    [[nodiscard]] std::string take() && { return std::move(out_); }

  private:
    void begin(std::string_view name, Attributes attributes);
    void escape(std::string_view text);

    std::string out_;
};

}  // namespace tillkeeper::agent
