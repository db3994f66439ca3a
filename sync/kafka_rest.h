// Kafka by way of the REST Proxy, API v2: POST /topics/NAME with JSON records. Pure.
//
//   {"records":[{"key":"<till>","value":<event or data>}, ...]}
//   {"offsets":[{"partition":0,"offset":17,"error_code":null,"error":null}, ...]}
//
// The till is the key, so that one till's transactions are in one partition, in their order. The answer has one place
// for each record, in their order; nothing else tells which is which.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/http.h"
#include "storage/entry.h"
#include "sync/item_answers.h"

namespace tillkeeper::sync {

inline constexpr std::string_view kKafkaJsonType = "application/vnd.kafka.json.v2+json";
inline constexpr std::string_view kKafkaAnswerType = "application/vnd.kafka.v2+json, application/json;q=0.5";

// What Kafka allows: 1 to 249 of A-Z a-z 0-9 . _ - and neither "." nor "..".
[[nodiscard]] bool is_kafka_topic(std::string_view text);

// `body` is empty before the first; `value` is JSON. After the last one: end_kafka_records().
void append_kafka_record(std::string& body, std::string_view key, std::string_view value);
void end_kafka_records(std::string& body);

// Of each record:
//   an offset                                   delivered; its document is "topic/partition/offset", or the end of that
//   error 2 or 50003 (retriable)                again
//   error 1, 50002 (not retriable), 4xxxx       rejected; but 401xx and 403xx are the login's, and 404xx the address's
//   anything else                               again
// Another number of places than `batch_size` says nothing about anybody.
[[nodiscard]] BatchAnswer read_kafka_answer(const HttpResponse& response, std::size_t batch_size,
                                            std::string_view topic, WallTime now);

}  // namespace tillkeeper::sync
