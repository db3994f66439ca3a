#include "agent/contract/problem.h"

namespace tillkeeper::agent {

std::string quoted(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 2);
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    static constexpr std::string_view kHex = "0123456789abcdef";
                    out += "\\u00";
                    out += kHex[static_cast<unsigned char>(c) >> 4];
                    out += kHex[c & 15];
                } else {
                    out += c;
                }
        }
    }
    out += '"';
    return out;
}

std::string to_json(const std::vector<Problem>& problems) {
    std::string out = "[";
    for (const auto& problem : problems) {
        if (out.size() > 1) out += ',';
        out += R"({"type":)" + quoted("urn:tillkeeper:problem:" + std::string(problem.type.word())) + R"(,"title":)" +
               quoted(problem.title) + R"(,"detail":)" + quoted(problem.detail) + R"(,"pointer":)" +
               quoted(problem.pointer) + '}';
    }
    return out + ']';
}

std::string refusal_end(std::string_view word, const std::vector<Problem>& problems,
                        std::optional<Duration> retry_after) {
    using std::chrono::milliseconds;
    std::string out = R"("outcome":"refused","problem":")";
    out += word;
    out += R"(","retry_after_ms":)";
    out += retry_after ? std::to_string(std::chrono::duration_cast<milliseconds>(*retry_after).count()) : "null";
    return out + R"(,"problems":)" + to_json(problems) + '}';
}

}  // namespace tillkeeper::agent
