#include "sync/answer_input.h"

#include "sync/json_text.h"

namespace tillkeeper::sync {

std::string answer_input(const HttpResponse& response, std::string_view json) {
    std::string input = "{\"status\":" + std::to_string(response.status) + ",\"headers\":{";
    for (const auto& [name, value] : response.headers) {
        if (input.back() != '{') input += ',';
        append_json_string(input, name);
        input += ':';
        append_json_string(input, value);
    }
    input += "},\"body\":";
    if (!json.empty())
        input += json;
    else
        append_json_string(input, response.body);
    return input + "}";
}

}  // namespace tillkeeper::sync
