// The page as HTML. Pure: the same facts and words give the same text.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "agent/page/facts.h"
#include "agent/page/parts.h"
#include "agent/page/words.h"

namespace tillkeeper::agent {

// The whole document.
[[nodiscard]] std::string render_page(const PageFacts& facts, const Words& words);
// A page of its own for one thing to look at or to do, in the same frame; nothing of it changes by itself.
[[nodiscard]] std::string render_sheet(const PageFacts& facts, const Words& words, std::string_view title,
                                       const std::function<void(const Pen&)>& content);
// What stands inside its <main>: page.js replaces those of its sections that changed.
[[nodiscard]] std::string render_view(const PageFacts& facts, const Words& words);

}  // namespace tillkeeper::agent
