#include "tests/sync/kafka_proxy.h"

#include "tests/fakes/fake_http.h"
#include "tests/fakes/request_header.h"

namespace tillkeeper::sync {
namespace {

using fakes::header_of;

std::string text_of(const cJSON* item) {
    return cJSON_IsString(item) != 0 ? item->valuestring : "";
}

}  // namespace

void KafkaProxy::check(bool good, const std::string& complaint) {
    if (!good) complaints.push_back(complaint);
}

std::optional<KafkaRecord> KafkaProxy::record_of(const cJSON* item) {
    const cJSON* key = cJSON_GetObjectItemCaseSensitive(item, "key");
    const cJSON* value = cJSON_GetObjectItemCaseSensitive(item, "value");
    check(cJSON_IsObject(item) != 0 && cJSON_GetArraySize(item) == 2 && cJSON_IsString(key) != 0 && value != nullptr,
          "a record has other members than key and value");
    if (value == nullptr) return {};
    const std::unique_ptr<char, void (*)(void*)> text(cJSON_PrintUnformatted(value), &cJSON_free);
    return KafkaRecord{.key = text_of(key), .value = text.get()};
}

// By the key, as Kafka's default does: one till's records are in one partition.
std::string KafkaProxy::append(const KafkaRecord& record) {
    if (const int code = refuse(record); code != 0)
        return R"({"partition":null,"offset":null,"error_code":)" + std::to_string(code) +
               R"(,"error":"org.apache.kafka said \"no\""})";
    const std::size_t partition = std::hash<std::string>()(record.key) % partitions.size();
    auto& log = partitions[partition];
    log.push_back(record);
    return R"({"partition":)" + std::to_string(partition) + R"(,"offset":)" + std::to_string(log.size() - 1) +
           R"(,"error_code":null,"error":null})";
}

HttpResponse KafkaProxy::serve(const HttpRequest& request) {
    check(request.method == "POST", "not a POST");
    check(header_of(request, "content-type") == "application/vnd.kafka.json.v2+json", "another content type");
    check(header_of(request, "accept").starts_with("application/vnd.kafka.v2+json"), "another type is accepted");
    check(header_of(request, "content-encoding").empty(), "packed");
    if (!request.url.ends_with("/topics/" + topic_))
        return fakes::http_answer(404, R"({"error_code":40401,"message":"Topic not found."})");
    const Json json{cJSON_ParseWithLength(request.body.data(), request.body.size())};
    const cJSON* records = cJSON_GetObjectItemCaseSensitive(json.get(), "records");
    if (cJSON_IsArray(records) == 0 || cJSON_GetArraySize(json.get()) != 1)
        return fakes::http_answer(422, R"({"error_code":422,"message":"records may not be empty"})");
    batches.push_back(static_cast<std::size_t>(cJSON_GetArraySize(records)));
    std::string offsets;
    const cJSON* item = nullptr;
    cJSON_ArrayForEach(item, records) {
        const auto record = record_of(item);
        if (record) offsets += (offsets.empty() ? "" : ",") + append(*record);
    }
    return fakes::http_answer(200, R"({"offsets":[)" + offsets + R"(],"key_schema_id":null,"value_schema_id":null})",
                              {{"content-type", "application/vnd.kafka.v2+json"}});
}

std::vector<KafkaRecord> KafkaProxy::log() const {
    std::vector<KafkaRecord> all;
    for (const auto& partition : partitions) all.insert(all.end(), partition.begin(), partition.end());
    return all;
}

std::string KafkaProxy::member(const KafkaRecord& record, const char* name) {
    const Json json{cJSON_Parse(record.value.c_str())};
    return text_of(cJSON_GetObjectItemCaseSensitive(json.get(), name));
}

}  // namespace tillkeeper::sync
