#include "agent/cli/json_view.h"

#include "agent/cli/printable.h"

namespace tillkeeper::cli {

std::string JsonView::text() const {
    if (cJSON_IsNumber(node_)) return std::to_string(static_cast<std::int64_t>(node_->valuedouble));
    return cJSON_IsString(node_) ? printable(node_->valuestring) : "";
}

std::string JsonView::name() const {
    return node_ != nullptr && node_->string != nullptr ? printable(node_->string) : "";
}

std::vector<JsonView> JsonView::children() const {
    std::vector<JsonView> out;
    if (node_ == nullptr) return out;
    for (const cJSON* child = node_->child; child != nullptr; child = child->next) out.emplace_back(child);
    return out;
}

}  // namespace tillkeeper::cli
