// DataControl: what the control port says about collections and the loyalty engine.
#pragma once

#include "tests/cloud/cloud_data.h"
#include "tests/cloud/http_message.h"

namespace tillkeeper::cloud {

class DataControl {
  public:
    // `data` outlives it.
    explicit DataControl(CloudData& data) : data_(data) {}
    // Whether the path is one of ours; see the README's table.
    [[nodiscard]] static bool knows(std::string_view path);
    [[nodiscard]] Answer serve(const Request& request);

  private:
    [[nodiscard]] Answer change(const cJSON* asked);
    [[nodiscard]] Answer show(const Request& request);
    [[nodiscard]] Answer grant(const cJSON* asked);
    [[nodiscard]] Answer make_pool(const cJSON* asked);
    [[nodiscard]] Result<void> set(Table& table, const cJSON* records);

    CloudData& data_;
};

}  // namespace tillkeeper::cloud
