#include "storage/upkeep.h"

namespace tillkeeper::storage {
namespace {

constexpr Duration kRest = std::chrono::milliseconds(5);

}  // namespace

void Upkeep::run(std::unique_ptr<SlicedWork> work, EventLoop& reply_on, Told told, Done done) {
    loop_.post([this, piece = Piece{std::move(work), &reply_on, std::move(told), std::move(done)}]() mutable {
        pieces_.push_back(std::move(piece));
        if (pieces_.size() == 1) go_on();
    });
}

void Upkeep::go_on() {
    Piece& piece = pieces_.front();
    auto more = journal_.slice(*piece.work);
    if (!more) return finish(std::unexpected(std::move(more.error())));
    if (!*more) return finish({});
    piece.reply_on->post([told = piece.told, progress = piece.work->progress()] { told(progress); });
    rest_ = loop_.after(kRest, [this] { go_on(); });
}

void Upkeep::finish(Result<void> result) {
    Piece piece = std::move(pieces_.front());
    pieces_.pop_front();
    grown_();
    piece.reply_on->post([done = std::move(piece.done), work = std::move(piece.work),
                          result = std::move(result)]() mutable { done(std::move(work), std::move(result)); });
    if (!pieces_.empty()) rest_ = loop_.after(kRest, [this] { go_on(); });
}

}  // namespace tillkeeper::storage
