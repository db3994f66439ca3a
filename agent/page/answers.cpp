#include "agent/page/answers.h"

#include "agent/page/guard.h"

namespace tillkeeper::agent {

ServerResponse page_answer(int status, std::string_view content_type, std::string body) {
    return {status, std::string(content_type) + "; charset=utf-8", std::move(body), guarding_headers()};
}

ServerResponse refusal(const Words& words, int status, std::string_view key) {
    return page_answer(status, "text/plain", words.text(key) + '\n');
}

ServerResponse go_on(std::string path) {
    auto answer = page_answer(303, "text/plain", "");
    answer.headers.emplace_back("Location", std::move(path));
    return answer;
}

}  // namespace tillkeeper::agent
