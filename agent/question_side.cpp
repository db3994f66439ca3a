#include "agent/question_side.h"

#include <utility>

#include "agent/closed_desks.h"
#include "platform/log.h"

namespace tillkeeper::agent {
namespace {

constexpr Duration kTryAgain = std::chrono::seconds(30);

}  // namespace

Result<std::unique_ptr<QuestionSide>> QuestionSide::open(QuestionParts given) {
    std::unique_ptr<QuestionSide> side(new QuestionSide(std::move(given)));
    if (const auto& loyalty = side->parts_.config.loyalty; loyalty && !loyalty->live.url.empty()) {
        auto redeemer = sync::Redeemer::make(loyalty->live, side->parts_.sync);
        if (!redeemer) return std::unexpected(redeemer.error());
        side->redeemer_ = std::move(*redeemer);
    }
    auto desks = side->open_copies();
    if (desks)
        side->desks_ = std::move(*desks);
    else if (desks.error().code == ErrorCode::kInvalid)
        return std::unexpected(desks.error());
    else
        log(LogLevel::kError, "look-ups and redemptions are not answered", {{"reason", desks.error().message}});
    return side;
}

Result<std::unique_ptr<TillDesks>> QuestionSide::open_copies() {
    const storage::MirrorOptions mirrors{.folder = parts_.disk.folder,
                                         .key = parts_.disk.key,
                                         .older_keys = parts_.disk.older_keys,
                                         .vfs = parts_.disk.vfs,
                                         .device = &parts_.sync.device};
    auto copies = MirrorSide::open({parts_.sync, parts_.till_loop, parts_.mqtt, parts_.config.collections, mirrors,
                                    parts_.sales_wait, parts_.delivered, parts_.looked_up});
    if (!copies) return std::unexpected(copies.error());
    auto desks = TillDesks::open({parts_.mqtt, parts_.sync.writer, parts_.till_loop, parts_.sync.loop,
                                  parts_.sync.clock, parts_.sync.device, parts_.config, parts_.disk, mirrors, **copies,
                                  redeemer_.get(), parts_.looked_up});
    if (desks) copies_ = std::move(*copies);
    return desks;
}

void QuestionSide::start() {
    if (redeemer_) redeemer_->start();
    if (copies_)
        copies_->start();
    else
        try_again();
}

void QuestionSide::try_again() {
    again_ = parts_.sync.loop.after(kTryAgain, [this] {
        auto desks = open_copies();
        if (!desks) return try_again();
        log(LogLevel::kNotice, "look-ups and redemptions are answered again");
        parts_.till_loop.post([this, opened = std::move(*desks)]() mutable {
            desks_ = std::move(opened);
            start_desks();
        });
        copies_->start();
    });
}

void QuestionSide::wake() {
    if (copies_) copies_->wake();
}

void QuestionSide::network_back() {
    if (copies_) copies_->network_back();
}

Result<std::int64_t> QuestionSide::erase_member(const std::string& id) {
    if (!copies_)
        return fail(ErrorCode::kUnavailable, "the copies of cloud data cannot be changed now; try again later");
    return copies_->erase_member(id);
}

std::vector<sync::SourceStatus> QuestionSide::copies() const {
    return copies_ ? copies_->status() : std::vector<sync::SourceStatus>{};
}

Result<void> QuestionSide::change_keys(const storage::BodyKeys& keys) {
    parts_.disk.key = keys.current;
    parts_.disk.older_keys = keys.older;
    return copies_ ? copies_->change_key(keys.current) : Result<void>{};
}

void QuestionSide::use_keys(storage::BodyKeys keys, Task then) {
    parts_.till_loop.post([this, given = std::move(keys), next = std::move(then)]() mutable {
        if (desks_) desks_->use_keys(std::move(given));
        parts_.sync.loop.post(std::move(next));
    });
}

void QuestionSide::start_desks() {
    if (desks_) desks_->start();
}

void QuestionSide::receive(MqttMessage message) {
    if (desks_) return desks_->receive(std::move(message));
    auto answer = closed_answer(std::move(message));
    if (answer.topic.empty()) return;
    if (auto sent = parts_.mqtt.publish(std::move(answer)); !sent)
        log(LogLevel::kDebug, "answer not sent", {{"reason", sent.error().message}});
}

}  // namespace tillkeeper::agent
