#include "agent/cli/json_view.h"

namespace tillkeeper::cli {

std::string JsonView::text() const {
    if (cJSON_IsNumber(node_)) return std::to_string(static_cast<std::int64_t>(node_->valuedouble));
    std::string out = cJSON_IsString(node_) ? node_->valuestring : "";
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    return out;
}

std::vector<JsonView> JsonView::children() const {
    std::vector<JsonView> out;
    if (node_ == nullptr) return out;
    for (const cJSON* child = node_->child; child != nullptr; child = child->next) out.emplace_back(child);
    return out;
}

}  // namespace tillkeeper::cli
