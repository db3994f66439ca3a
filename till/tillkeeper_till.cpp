#include "till/tillkeeper_till.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>

#include "till/till.h"

using namespace tillkeeper::pos;

static_assert(static_cast<int>(Code::kInvalid) == TK_INVALID && static_cast<int>(Code::kInternal) == TK_INTERNAL);
static_assert(static_cast<int>(Outcome::kRefused) == TK_REFUSED);

struct tk_till {
    Till till;
};

namespace {

std::string text(const char* given, const char* otherwise = "") {
    return given != nullptr ? given : otherwise;
}

tk_code tell(tk_error* error, tk_code code, const char* message) {
    if (error != nullptr) {
        error->code = code;
        std::snprintf(error->message, sizeof error->message, "%s", message);
    }
    return code;
}

tk_code tell(tk_error* error, const Failure& failure) {
    return tell(error, static_cast<tk_code>(failure.code), failure.message.c_str());
}

// Nothing is thrown into C, whatever happens in `work`.
template <typename Work>
tk_code guarded(tk_error* error, Work work) {
    try {
        return work();
    } catch (const std::exception& caught) {
        return tell(error, TK_INTERNAL, caught.what());
    } catch (...) {
        return tell(error, TK_INTERNAL, "an exception of an unknown kind");
    }
}

Settings settings_of(const tk_settings& given) {
    Settings settings;
    settings.store = text(given.store);
    settings.till = text(given.till);
    settings.outbox_file = text(given.outbox_file);
    if (given.first_sequence != 0) settings.first_sequence = given.first_sequence;
    if (given.host != nullptr) settings.host = given.host;
    if (given.port != 0) settings.port = given.port;
    settings.ca_file = text(given.ca_file);
    settings.plain = given.plain != 0;
    settings.certificate_file = text(given.certificate_file);
    settings.key_file = text(given.key_file);
    settings.password_file = text(given.password_file);
    if (given.in_flight != 0) settings.in_flight = given.in_flight;
    if (given.answer_timeout_ms != 0) settings.answer_timeout = std::chrono::milliseconds(given.answer_timeout_ms);
    return settings;
}

Events events_of(const tk_events& given) {
    Events events;
    if (given.answered != nullptr)
        events.answered = [given](const Answer& answer) {
            const tk_answer plain{answer.id.c_str(),      answer.till_sequence,
                                  answer.receipt.c_str(), static_cast<tk_outcome>(answer.outcome),
                                  answer.journal_number,  answer.problem.c_str(),
                                  answer.document.c_str()};
            given.answered(given.user, &plain);
        };
    if (given.store_status != nullptr)
        events.store_status = [given](const StoreStatus& status) {
            given.store_status(given.user, status.state.c_str(), status.document.c_str());
        };
    if (given.connection != nullptr)
        events.connection = [given](bool online, const std::string& why) {
            given.connection(given.user, online ? 1 : 0, why.c_str());
        };
    if (given.put_off != nullptr)
        events.put_off = [given](const std::string& id) { given.put_off(given.user, id.c_str()); };
    return events;
}

template <std::size_t size>
void copy(char (&into)[size], const std::string& from) {
    std::snprintf(into, size, "%s", from.c_str());
}

}  // namespace

tk_code tk_open(const tk_settings* settings, const tk_events* events, tk_till** till, tk_error* error) {
    if (settings == nullptr || till == nullptr) return tell(error, TK_INVALID, "settings and till are needed");
    return guarded(error, [&] {
        auto opened = Till::open(settings_of(*settings), events != nullptr ? events_of(*events) : Events{});
        if (!opened) return tell(error, opened.failure());
        *till = new tk_till{std::move(*opened)};
        return TK_OK;
    });
}

tk_code tk_hand_over(tk_till* till, const tk_sale* sale, tk_receipt* receipt, tk_error* error) {
    if (till == nullptr || sale == nullptr) return tell(error, TK_INVALID, "till and sale are needed");
    return guarded(error, [&] {
        Sale ours;
        ours.type = text(sale->type, "sale");
        ours.content = text(sale->content, "{}");
        ours.occurred_at = text(sale->occurred_at);
        ours.business_day = text(sale->business_day);
        ours.receipt = text(sale->receipt);
        ours.id = text(sale->id);
        const auto kept = till->till.hand_over(ours);
        if (!kept) return tell(error, kept.failure());
        if (receipt == nullptr) return TK_OK;
        copy(receipt->id, kept->id);
        copy(receipt->receipt, kept->receipt);
        receipt->till_sequence = kept->till_sequence;
        receipt->repeated = kept->repeated ? 1 : 0;
        return TK_OK;
    });
}

void tk_new_id(tk_till* till, char id[37]) {
    id[0] = '\0';
    static_cast<void>(guarded(nullptr, [&] {
        std::snprintf(id, 37, "%s", till->till.new_id().c_str());
        return TK_OK;
    }));
}

tk_code tk_run_once(tk_till* till, int wait_max_ms, tk_error* error) {
    if (till == nullptr) return tell(error, TK_INVALID, "a till is needed");
    return guarded(error, [&] {
        const auto done = till->till.run_once(std::chrono::milliseconds(wait_max_ms));
        return done ? TK_OK : tell(error, done.failure());
    });
}

int tk_descriptor(const tk_till* till) {
    return till->till.descriptor();
}

int tk_online(const tk_till* till) {
    return till->till.online() ? 1 : 0;
}

void tk_get_counts(const tk_till* till, tk_counts* counts) {
    const Counts ours = till->till.counts();
    *counts = {ours.waiting, ours.refused, ours.sent_again, ours.reconnects, ours.next_sequence};
}

tk_code tk_refused(tk_till* till, size_t max, void* user,
                   void (*each)(void* user, const char* id, const char* problem, const char* document),
                   tk_error* error) {
    if (till == nullptr || each == nullptr) return tell(error, TK_INVALID, "till and each are needed");
    return guarded(error, [&] {
        const auto kept = till->till.refused(max);
        if (!kept) return tell(error, kept.failure());
        for (const auto& sale : *kept) each(user, sale.id.c_str(), sale.problem.c_str(), sale.document.c_str());
        return TK_OK;
    });
}

tk_code tk_drop_refused(tk_till* till, const char* id, tk_error* error) {
    if (till == nullptr || id == nullptr) return tell(error, TK_INVALID, "till and id are needed");
    return guarded(error, [&] {
        const auto done = till->till.drop_refused(id);
        return done ? TK_OK : tell(error, done.failure());
    });
}

void tk_close(tk_till* till) {
    if (till == nullptr) return;
    static_cast<void>(guarded(nullptr, [&] {
        till->till.close();
        return TK_OK;
    }));
    delete till;
}
