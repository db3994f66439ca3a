// What a Puller makes of an answer: pages into the mirror, slice by slice, until the run is whole.
#include <algorithm>
#include <utility>

#include "platform/log.h"
#include "sync/answer.h"
#include "sync/puller.h"

namespace tillkeeper::sync {
namespace {

constexpr std::size_t kSliceRows = 500;  // a few milliseconds, then the loop serves the sales
static_assert(kSliceRows <= storage::kMirrorPageRowsMax);
constexpr Duration kSlicesApartWhileSales = std::chrono::milliseconds(10);
constexpr unsigned kRefusedMax = 3;                 // times that one page is refused before the run begins again
constexpr std::uint64_t kPagesPerRunMax = 100'000;  // pages that lead in a circle

// What is wrong with the request itself, perhaps its cursor or page.
bool speaks_of_request(int status) {
    return status == 400 || status == 404 || status == 409 || status == 410 || status == 422;
}

// Unlike classify() nothing of the body: it may hold people's names.
std::string reason_of(const HttpResponse& response, const Answer& answer) {
    return response.failure == TransportFailure::kNone ? "HTTP " + std::to_string(response.status) : answer.reason;
}

}  // namespace

void Puller::on_response(HttpResponse response) {
    page_at_ = sync_.clock.monotonic();
    const Answer answer = classify(response, sync_.clock.wall());
    const bool secured = config_.oauth.auth != ClientAuth::kNone;
    if (answer.kind == AnswerKind::kUnauthorised && secured) {
        wallet_->refused(token_generation_);
        state_ = next(state_, PullEvent::kRefused);
        return step_after(Duration::zero());
    }
    if (response.failure == TransportFailure::kNone && response.status < 400) wallet_->worked(token_generation_);
    if (response.status == 304 && validated_) return not_modified();
    if (response.status == 200) return take_page(std::move(response));
    if (forgets(response.status)) return begin_again("the source does not know where this copy stands");
    failed(answer.cause.empty() ? "service" : answer.cause, reason_of(response, answer), answer.retry_after);
}

bool Puller::forgets(int status) {
    const bool asked_on = run_ ? !run_->full || !position_.page.empty() : !asked_.full;
    if (!asked_on || !speaks_of_request(status)) return false;
    ++refused_;
    return status == 410 || refused_ >= kRefusedMax;
}

// All of it again. Nobody sees that: what is here stays until the new run is whole.
void Puller::begin_again(const std::string& why) {
    run_.reset();
    position_ = {};
    full_next_ = true;
    refused_ = 0;
    pages_of_run_ = 0;
    policy_.begin_again();
    failed("service", why);
}

void Puller::not_modified() {
    auto kept = parts_.mirrors.unchanged(config_.collection, asked_.started, asked_.delivered);
    if (!kept) return disk_failed(kept.error());
    state_ = next(state_, PullEvent::kUnchanged);
    settle();
}

void Puller::take_page(HttpResponse response) {
    const std::string tag(response.header("etag"));
    const std::string validator = tag.empty() ? std::string(response.header("last-modified")) : tag;
    auto page = read_page(std::move(response), config_, program_ ? &*program_ : nullptr);
    if (page && page->forgotten) return begin_again("the source does not know where this copy stands");
    if (!page) return failed("service", page.error().message);
    if (auto why = why_not_next(config_, page->next, position_.page); !why.empty())
        return failed("service", std::move(why));
    if (pages_of_run_ >= kPagesPerRunMax) return begin_again("the pages of the source have no end");
    const bool first = !run_;
    if (first && !begin_run()) return;
    page_ = std::move(*page);
    if (!page_.cursor.empty() && takes_cursor(config_)) position_.cursor = page_.cursor;
    if (first && run_->full && page_.next.empty()) position_.validator = validator;
    taken_ = 0;
    page_not_kept_ = 0;
    state_ = next(state_, PullEvent::kPage);
    step_after(Duration::zero());
}

bool Puller::begin_run() {
    if (auto begun = parts_.mirrors.begin(config_.collection, asked_); !begun) {
        disk_failed(begun.error());
        return false;
    }
    run_ = asked_;
    position_ = {};
    pages_of_run_ = 0;
    status_.not_kept = 0;
    status_.not_kept_why.clear();
    return true;
}

void Puller::apply_slice() {
    if (whole_) return finish();
    std::vector<storage::MirrorRow> rows;
    while (taken_ < page_.pieces.size() && rows.size() < kSliceRows) {
        auto row = row_of(page_.pieces[taken_++], config_);
        if (row) {
            rows.push_back(std::move(*row));
        } else {
            ++page_not_kept_;
            status_.not_kept_why = row.error().message;
        }
    }
    const bool all = taken_ == page_.pieces.size();
    PullPosition after = position_;
    // The last page stays the one to go on from until the run is finished.
    if (all && !page_.next.empty()) after.page = page_.next;
    if (auto kept = keep(rows, after.stored()); !kept) return not_kept(kept.error());
    status_.rows += rows.size();
    if (!all) return step_after(parts_.sales_wait() ? kSlicesApartWhileSales : Duration::zero());
    page_done();
}

// A row that cannot be kept does not stop the others.
Result<void> Puller::keep(const std::vector<storage::MirrorRow>& rows, const std::string& position) {
    const auto unkeepable = [](const Error& error) {
        return error.code == ErrorCode::kInvalid || error.code == ErrorCode::kLimit;
    };
    auto kept = parts_.mirrors.apply(config_.collection, rows, position);
    if (kept || !unkeepable(kept.error()) || rows.empty()) return kept;
    for (const auto& row : rows) {
        auto alone = parts_.mirrors.apply(config_.collection, {&row, 1}, run_->page);
        if (alone) continue;
        if (!unkeepable(alone.error())) return alone;
        ++page_not_kept_;
        status_.not_kept_why = alone.error().message;
    }
    return parts_.mirrors.apply(config_.collection, {}, position);
}

void Puller::page_done() {
    ++status_.pages;
    ++pages_of_run_;
    status_.not_kept += page_not_kept_;
    refused_ = 0;
    const std::string next_page = std::exchange(page_.next, {});
    page_ = {};
    policy_.progressed();
    if (next_page.empty()) {
        whole_ = true;
        return finish();
    }
    position_.page = next_page;
    run_->page = position_.stored();
    note({}, {});
    state_ = next(state_, PullEvent::kApplied);
    step_after(Duration::zero());
}

// A person was taken out of the mirrors, and the run with it: a page of it might bring the person back.
void Puller::not_kept(const Error& error) {
    if (error.code != ErrorCode::kNotFound) return disk_failed(error);
    begin_again("the run was ended by an erasure");
}

void Puller::finish() {
    const auto more = parts_.mirrors.prepare_finish(config_.collection);
    if (!more) return not_kept(more.error());
    if (*more) return step_after(parts_.sales_wait() ? kSlicesApartWhileSales : Duration::zero());
    whole_ = false;
    auto finished = parts_.mirrors.finish(
        config_.collection, position_.cursor.empty() && !run_->full ? status_.mirror.cursor : position_.cursor,
        position_.validator);
    if (!finished) return not_kept(finished.error());
    run_.reset();
    position_ = {};
    full_next_ = false;
    untidy_ = true;
    ++status_.pulls;
    state_ = next(state_, PullEvent::kFinished);
    if (status_.not_kept > 0)
        log(LogLevel::kWarning, "records of a source cannot be kept",
            {{"collection", config_.collection}, {"count", status_.not_kept}, {"reason", status_.not_kept_why}});
    settle();
}

// What is here is as the source has it.
void Puller::settle() {
    const auto now = sync_.clock.monotonic();
    note({}, {});
    policy_.finished(now, sync_.random);
    if (auto state = parts_.mirrors.state(config_.collection)) status_.mirror = std::move(*state);
    parts_.changed(config_.collection);
    step_after(untidy_ ? Duration::zero() : policy_.next() - now);
}

}  // namespace tillkeeper::sync
