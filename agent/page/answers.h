// How requests to the page are answered: always with the headers that guard it.
#pragma once

#include <string>
#include <string_view>

#include "agent/page/words.h"
#include "platform/http_server.h"

namespace tillkeeper::agent {

[[nodiscard]] ServerResponse page_answer(int status, std::string_view content_type, std::string body);
// One plain sentence.
[[nodiscard]] ServerResponse refusal(const Words& words, int status, std::string_view key);
// 303: the browser goes on there, and going back or loading anew sends nothing twice. `path` comes from the code.
[[nodiscard]] ServerResponse go_on(std::string path);

}  // namespace tillkeeper::agent
