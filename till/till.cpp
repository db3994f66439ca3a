#include "till/till.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "till/sale_document.h"
#include "till/till_inside.h"

namespace tillkeeper::pos {
namespace {

Failure told(Error error) {
    const auto code = [&] {
        switch (error.code) {
            case ErrorCode::kInvalid:
                return Code::kInvalid;
            case ErrorCode::kNotFound:
                return Code::kNotFound;
            case ErrorCode::kUnavailable:
                return Code::kInUse;
            case ErrorCode::kStorageFull:
                return Code::kStorageFull;
            case ErrorCode::kIo:
                return Code::kDisk;
            case ErrorCode::kCorrupt:
                return Code::kDamaged;
            case ErrorCode::kTooNew:
                return Code::kTooNew;
            case ErrorCode::kLimit:
                return Code::kLimit;
            case ErrorCode::kInternal:
                break;
        }
        return Code::kInternal;
    }();
    return {code, std::move(error.message)};
}

template <typename T, typename From>
Try<T> told(Result<From> result) {
    if (!result) return told(std::move(result.error()));
    if constexpr (std::is_void_v<From>)
        return T{};
    else
        return std::move(*result);
}

// Libraries below may run out of memory and throw, and callbacks may throw anything; nothing of that goes further.
template <typename T, typename Work>
Try<T> guarded(Work work) {
    try {
        return work();
    } catch (const std::exception& caught) {
        return Failure{Code::kInternal, caught.what()};
    } catch (...) {
        return Failure{Code::kInternal, "an exception of an unknown kind"};
    }
}

std::string fault_of(const Settings& settings) {
    if (!is_word(settings.store, 32, "_-")) return "store is not 1 to 32 of A-Z a-z 0-9 _ -";
    if (!is_word(settings.till, 32, "_-")) return "till is not 1 to 32 of A-Z a-z 0-9 _ -";
    if (settings.outbox_file.empty()) return "outbox_file is missing";
    if (settings.first_sequence < 0) return "first_sequence is negative";
    if (settings.port < 1 || settings.port > 65535) return "port is not 1 to 65535";
    if (settings.plain != settings.ca_file.empty())
        return settings.plain ? "plain is set beside ca_file" : "ca_file is missing; without TLS say so: plain";
    if (settings.certificate_file.empty() != settings.key_file.empty()) return "a certificate needs its key";
    if (settings.in_flight < 1 || settings.in_flight > kInFlightMax) return "in_flight is not 1 to 1000";
    if (settings.answer_timeout < std::chrono::milliseconds(1)) return "answer_timeout is too short";
    return {};
}

}  // namespace

Try<Till> Till::open(Settings settings, Events events) {
    return guarded<Till>([&]() -> Try<Till> {
        if (auto fault = fault_of(settings); !fault.empty()) return Failure{Code::kInvalid, "settings: " + fault};
        auto ready = ReadySet::make();
        if (!ready) return told(std::move(ready.error()));
        auto outbox = Outbox::open(settings.outbox_file, {settings.store, settings.till, settings.first_sequence});
        if (!outbox) return told(std::move(outbox.error()));
        return Till(
            std::make_unique<Inside>(std::move(settings), std::move(events), std::move(*outbox), std::move(*ready)));
    });
}

Till::Till(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Till::Till(Till&& other) noexcept = default;
Till& Till::operator=(Till&& other) noexcept = default;
Till::~Till() = default;

Try<Receipt> Till::hand_over(const Sale& sale) {
    return guarded<Receipt>([&] { return told<Receipt>(inside_->hand_over(sale)); });
}

std::string Till::new_id() {
    return inside_->new_id();
}

Try<Nothing> Till::run_once(std::chrono::milliseconds wait_max) {
    return guarded<Nothing>([&] { return told<Nothing>(inside_->run_once(wait_max)); });
}

int Till::descriptor() const {
    return inside_->descriptor();
}

bool Till::online() const {
    return inside_->online();
}

Counts Till::counts() const {
    return inside_->counts();
}

Try<std::vector<RefusedSale>> Till::refused(std::size_t max) {
    return guarded<std::vector<RefusedSale>>([&]() -> Try<std::vector<RefusedSale>> {
        auto kept = inside_->outbox().refused(max);
        if (!kept) return told(std::move(kept.error()));
        std::vector<RefusedSale> all;
        for (auto& sale : *kept)
            all.push_back({std::move(sale.id), sale.sequence, std::move(sale.receipt), std::move(sale.problem),
                           std::move(sale.document)});
        return all;
    });
}

Try<Nothing> Till::drop_refused(const std::string& id) {
    return guarded<Nothing>([&] { return told<Nothing>(inside_->outbox().drop_refused(id)); });
}

void Till::close() {
    static_cast<void>(guarded<Nothing>([&]() -> Try<Nothing> {
        inside_->close();
        return Nothing{};
    }));
}

}  // namespace tillkeeper::pos
