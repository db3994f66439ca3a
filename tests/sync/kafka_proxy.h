// KafkaProxy: what the REST Proxy's API v2 documents, as much of it as producing needs: topics with partitions, records
// with keys, and an answer with a place for each. Judges what it is sent more strictly than the proxy would.
#pragma once

#include <cjson/cJSON.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/http.h"

namespace tillkeeper::sync {

struct KafkaRecord {
    std::string key;
    std::string value;  // JSON
};

class KafkaProxy {
  public:
    explicit KafkaProxy(std::string topic) : topic_(std::move(topic)) {}

    [[nodiscard]] HttpResponse serve(const HttpRequest& request);

    // The code for a record that is not taken; 0: it is.
    std::function<int(const KafkaRecord&)> refuse = [](const KafkaRecord&) { return 0; };
    std::vector<std::vector<KafkaRecord>> partitions{3};
    std::vector<std::string> complaints;  // what is not as documented
    std::vector<std::size_t> batches;     // how many records came together

    // All that was appended, partition by partition.
    [[nodiscard]] std::vector<KafkaRecord> log() const;
    // The text member of that name in a record's value.
    [[nodiscard]] static std::string member(const KafkaRecord& record, const char* name);

  private:
    struct FreeJson {
        void operator()(cJSON* json) const { cJSON_Delete(json); }
    };
    using Json = std::unique_ptr<cJSON, FreeJson>;
    [[nodiscard]] std::optional<KafkaRecord> record_of(const cJSON* item);
    [[nodiscard]] std::string append(const KafkaRecord& record);
    void check(bool good, const std::string& complaint);

    std::string topic_;
};

}  // namespace tillkeeper::sync
