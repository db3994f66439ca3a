// FeedApi: collections over HTTP: feeds by REST (JSON, NDJSON, ETag) and GraphQL, and live look-ups. The token is
// judged before.
#pragma once

#include "tests/cloud/cloud_data.h"
#include "tests/cloud/http_message.h"

namespace tillkeeper::cloud {

class FeedApi {
  public:
    // `data` outlives it.
    explicit FeedApi(CloudData& data) : data_(data) {}
    [[nodiscard]] Answer feed(const Request& request);
    [[nodiscard]] Answer live(const Request& request);

  private:
    [[nodiscard]] Table* named_in(std::string_view query);

    CloudData& data_;
};

// A page of a feed as JSON, or as lines.
[[nodiscard]] std::string page_json(const FeedPage& page);
[[nodiscard]] std::string page_lines(const FeedPage& page);
[[nodiscard]] Answer feed_answer(const Table& table, const Request& request);

}  // namespace tillkeeper::cloud
