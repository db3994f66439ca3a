#include "sync/request_builder.h"

#include "platform/crypto.h"
#include "sync/json_text.h"
#include "sync/kafka_rest.h"
#include "sync/mqtt_topic.h"
#include "sync/trace_parent.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kGzipBytesMin = 512;  // below, packing does not pay

std::size_t size_of(const std::vector<storage::Entry>& batch) {
    constexpr std::size_t kEnvelope = 420;
    std::size_t size = 2;
    for (const auto& entry : batch) size += entry.body.size() + kEnvelope;
    return size;
}

// One transaction goes on in the trace that its till began.
std::string trace_of(const storage::Entry& entry, Random& random) {
    return is_traceparent(entry.traceparent) ? child_traceparent(entry.traceparent, random) : new_traceparent(random);
}

// Several begin one together, and each event names its own.
std::string trace_of(const std::vector<storage::Entry>& batch, Random& random) {
    return batch.size() == 1 ? trace_of(batch.front(), random) : new_traceparent(random);
}

}  // namespace

std::string idempotency_key(const std::vector<storage::Entry>& batch) {
    if (batch.size() == 1) return batch.front().transaction_id;
    Sha256 digest;
    for (const auto& entry : batch) {
        digest.update(entry.transaction_id);
        digest.update("\n");
    }
    return to_hex(digest.finish());
}

RequestBuilder::RequestBuilder(const DestinationConfig& config, std::string store_id, std::optional<JqProgram> mapping,
                               ClockOffset clock_offset)
    : config_(&config),
      store_id_(std::make_unique<std::string>(std::move(store_id))),
      mapping_(std::move(mapping)),
      clock_offset_(std::move(clock_offset)),
      events_(*store_id_),
      gzip_(std::make_unique<Gzip>()) {}

Result<RequestBuilder> RequestBuilder::make(const DestinationConfig& config, std::string store_id,
                                            ClockOffset clock_offset) {
    std::optional<JqProgram> mapping;
    if (!config.mapping.empty()) {
        auto program = JqProgram::compile(config.mapping, config.name + ".mapping");
        if (!program) return std::unexpected(program.error());
        mapping = std::move(*program);
    }
    return RequestBuilder(config, std::move(store_id), std::move(mapping), std::move(clock_offset));
}

std::string RequestBuilder::mapping_input(const storage::Entry& entry, const SaleTime& time,
                                          std::string_view store_id) {
    std::string input = "{\"store\":";
    append_json_string(input, store_id);
    input += ",\"till\":";
    append_json_string(input, entry.till);
    input += ",\"number\":" + std::to_string(entry.number) + ",\"arrived_at\":";
    append_json_string(input, to_rfc3339(time.arrived_at, true));
    input += ",\"clock\":";
    append_json_string(input, to_string(time.clock));
    if (!time.occurred_at.empty()) {
        input += ",\"occurred_at\":";
        append_json_string(input, time.occurred_at);
        input += ",\"business_day\":";
        append_json_string(input, time.business_day);
    }
    input += ",\"transaction\":";
    input += entry.body;
    input += '}';
    return input;
}

RequestBuilder::Faults RequestBuilder::map(const std::vector<storage::Entry>& batch) {
    Faults faults;
    mapped_.clear();
    if (!mapping_) return faults;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto mapped = mapping_->run(mapping_input(batch[i], sale_time(batch[i], clock_offset_), *store_id_));
        if (mapped)
            mapped_.push_back(std::move(*mapped));
        else
            faults.emplace_back(i, "the mapping failed: " + mapped.error().message);
    }
    return faults;
}

std::string_view RequestBuilder::data(const std::vector<storage::Entry>& batch, std::size_t i) const {
    return mapping_ ? mapped_[i] : batch[i].body;
}

std::string RequestBuilder::event(const std::vector<storage::Entry>& batch, std::size_t i) const {
    std::string text;
    events_.append(text, batch[i], sale_time(batch[i], clock_offset_), data(batch, i));
    return text;
}

std::string RequestBuilder::records_of(const std::vector<storage::Entry>& batch) const {
    std::string body;
    body.reserve(size_of(batch));
    for (std::size_t i = 0; i < batch.size(); ++i)
        if (config_->format == EventFormat::kPlain)
            append_kafka_record(body, batch[i].till, data(batch, i));
        else
            append_kafka_record(body, batch[i].till, event(batch, i));
    end_kafka_records(body);
    return body;
}

std::string RequestBuilder::body_of(const std::vector<storage::Entry>& batch) const {
    if (config_->kind == DestinationKind::kKafkaRest) return records_of(batch);
    if (config_->format == EventFormat::kStructured) return event(batch, 0);
    if (config_->format != EventFormat::kBatched) return std::string(data(batch, 0));
    std::string body;
    body.reserve(size_of(batch));
    body += '[';
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (i > 0) body += ',';
        events_.append(body, batch[i], sale_time(batch[i], clock_offset_), data(batch, i));
    }
    return body += ']';
}

std::string_view RequestBuilder::content_type() const {
    if (config_->kind == DestinationKind::kKafkaRest) return kKafkaJsonType;
    if (config_->format == EventFormat::kBatched) return kCloudEventsBatchType;
    return config_->format == EventFormat::kStructured ? kCloudEventsType : kCloudEventsDataType;
}

// A single body has no envelope that could tell it.
void RequestBuilder::add_clock(HttpHeaders& headers, const storage::Entry& entry) const {
    const SaleTime time = sale_time(entry, clock_offset_);
    if (time.clock == SaleTime::Clock::kTrusted) return;
    headers.emplace_back("tillkeeper-clock", to_string(time.clock));
    if (time.clock != SaleTime::Clock::kCorrected) return;
    headers.emplace_back("tillkeeper-arrived-at", to_rfc3339(time.arrived_at, true));
    if (!time.occurred_at.empty()) headers.emplace_back("tillkeeper-occurred-at", time.occurred_at);
}

void RequestBuilder::add_attributes(HttpHeaders& headers, const storage::Entry& entry) const {
    for (const auto& [name, value] : events_.attributes(entry, sale_time(entry, clock_offset_)))
        headers.emplace_back("ce-" + name, header_value(value));
}

Result<HttpRequest> RequestBuilder::build(const std::vector<storage::Entry>& batch, Random& random) {
    const bool kafka = config_->kind == DestinationKind::kKafkaRest;
    HttpRequest request;
    request.method = "POST";
    request.url = kafka ? config_->url + "/topics/" + config_->topic : config_->url;
    request.body = body_of(batch);
    mapped_.clear();
    request.total_timeout = config_->request_timeout;
    request.response_bytes_max = std::size_t{1} << 20;
    request.ca_file = config_->ca_file;
    request.headers = {{"content-type", std::string(content_type())},
                       {"accept", std::string(kafka ? kKafkaAnswerType : "application/json")},
                       {"idempotency-key", idempotency_key(batch)},
                       {"traceparent", trace_of(batch, random)}};
    if (config_->format == EventFormat::kPlain && !kafka) add_clock(request.headers, batch.front());
    if (config_->format == EventFormat::kBinary) add_attributes(request.headers, batch.front());
    if (config_->gzip && request.body.size() >= kGzipBytesMin) {
        auto packed = gzip_->compress(request.body);
        if (!packed) return std::unexpected(packed.error());
        request.body = std::move(*packed);
        request.headers.emplace_back("content-encoding", "gzip");
    }
    return request;
}

std::vector<MqttPublication> RequestBuilder::messages(const std::vector<storage::Entry>& batch, Random& random) {
    std::vector<MqttPublication> all;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const storage::Entry& entry = batch[i];
        MqttPublication message{.topic = topic_of(config_->topic, *store_id_, entry),
                                .payload = {},
                                .content_type = std::string(content_type()),
                                .user_properties = {}};
        const bool structured = config_->format == EventFormat::kStructured;
        message.payload = structured ? event(batch, i) : std::string(data(batch, i));
        if (config_->format == EventFormat::kBinary) {
            message.user_properties = events_.attributes(entry, sale_time(entry, clock_offset_));
        } else {
            message.user_properties = {{"idempotency-key", entry.transaction_id},
                                       {"traceparent", trace_of(entry, random)}};
            if (!structured) add_clock(message.user_properties, entry);
        }
        all.push_back(std::move(message));
    }
    mapped_.clear();
    return all;
}

}  // namespace tillkeeper::sync
