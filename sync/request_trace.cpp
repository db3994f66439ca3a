#include "sync/request_trace.h"

#include <algorithm>
#include <utility>

#include "sync/trace_parent.h"

namespace tillkeeper::sync {
namespace {

std::string_view header(const HttpRequest& request, std::string_view name) {
    const auto found = std::ranges::find(request.headers, name, [](const auto& each) { return each.first; });
    return found == request.headers.end() ? std::string_view() : std::string_view(found->second);
}

std::size_t count_of(const BatchAnswer& read, AnswerKind kind, std::size_t transactions) {
    if (read.items.empty()) return read.answer.kind == kind ? transactions : 0;
    return static_cast<std::size_t>(std::ranges::count(read.items, kind, &ItemAnswer::kind));
}

std::string_view outcome_of(const BatchAnswer& read, const RequestSpan& span) {
    if (read.answer.kind == AnswerKind::kUnauthorised) return "unauthorised";
    if (span.delivered > 0) return span.delivered == span.transactions ? "delivered" : "partly";
    return count_of(read, AnswerKind::kRejected, span.transactions) > 0 ? "rejected" : "again";
}

}  // namespace

void RequestTrace::leaves(const SyncParts& sync, const DestinationConfig& config,
                          const std::vector<storage::Entry>& batch, const HttpRequest& request) {
    leaves(sync, config, batch, header(request, "traceparent"));
}

void RequestTrace::leaves(const SyncParts& sync, const DestinationConfig& config, std::span<const storage::Entry> batch,
                          std::string_view ours) {
    span_.reset();
    status_ = 0;
    if (!sync.tracer || !is_traceparent(ours) || !is_sampled(ours)) return;
    left_ = sync.clock.monotonic();
    auto& span = span_.emplace();
    span.traceparent = ours;
    span.destination = config.name;
    span.kind = config.kind;
    span.began = sync.clock.wall();
    span.transactions = batch.size();
    if (batch.size() != 1 || !is_traceparent(batch.front().traceparent)) return;
    const std::string_view till = batch.front().traceparent;
    if (trace_id(till) == trace_id(ours)) span.parent = span_id(till);
}

void RequestTrace::goes_on(const SyncParts& sync) {
    if (!span_) return;
    span_->outcome = "answered";
    tell(sync);
}

void RequestTrace::ends(const SyncParts& sync, const BatchAnswer& read) {
    if (read.answer.cause == "by_staff") span_.reset();  // it did not leave
    if (!span_) return;
    span_->delivered = count_of(read, AnswerKind::kDelivered, span_->transactions);
    span_->outcome = outcome_of(read, *span_);
    if (span_->delivered == 0) span_->cause = read.answer.cause;
    tell(sync);
}

void RequestTrace::tell(const SyncParts& sync) {
    span_->status = status_;
    span_->took = sync.clock.monotonic() - left_;
    sync.tracer(*std::exchange(span_, std::nullopt));
}

}  // namespace tillkeeper::sync
