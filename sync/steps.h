// Steps: what a destination of kind `steps` is asked for one transaction, request by request. A jq program decides; all
// else is pure. Thread: the sync loop.
//
// The program reads what a mapping reads, and beside it "answers": {NAME: {"status","headers","body"}}, the answers of
// this attempt by the names of their requests, and "document": the number that the system gave to this transaction in
// an earlier attempt, or null. It says what to ask next,
//   {"request": {"name","method","path","headers","body"}, "document"}
// or how it ended, as in item_answers.h:
//   {"outcome": "delivered"|"duplicate"|"again"|"rejected"|"unauthorised", "reason","document","difference"}
//
// name     [a-z0-9_-]{1,32}; a second request of the same name replaces the answer to the first
// method   GET, POST, PUT, PATCH or DELETE; POST when it is missing and there is a body, else GET
// path     begins with "/" or "?", or is missing; added to the destination's url, whose origin it cannot leave
// headers  texts by name; none that login, framing or routing depend on
// body     sent as JSON; a text is sent as it is
//
// A document beside a request is remembered on disk before that request leaves [sync-18]: whoever comes after a crash
// begins with it. It is a number as in item_answers.h; any other text is left out.
//
// An attempt ends without the program where the answer says nothing about the content: no answer at all, 3xx, 401, 408,
// 425, 429, 5xx. The next attempt, after a crash as well, begins without answers: the first request of a program finds
// out what an earlier attempt has left behind [sync-17], by that number or by the transaction's own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "platform/http.h"
#include "platform/random.h"
#include "storage/entry.h"
#include "sync/destination.h"
#include "sync/item_answers.h"
#include "sync/jq_program.h"
#include "sync/request_builder.h"

namespace tillkeeper::sync {

inline constexpr unsigned kStepsMax = 100;                           // requests in one attempt
inline constexpr std::size_t kStepsBytesMax = std::size_t{2} << 20;  // of all that was answered in one attempt

// One transaction on its way.
struct StepsAttempt {
    std::map<std::string, std::string> answers{};  // JSON by the name of the request
    std::string name{};                            // of `request`
    HttpRequest request{};                         // the next one to send
    std::string document{};                        // as the journal knows it
    std::string to_remember{};                     // a new one, before the request leaves; "": none
    unsigned asked = 0;
    std::size_t bytes = 0;
};

class Steps {
  public:
    // kInvalid when the program does not compile. `config` must outlive it. `clock_offset` may be empty.
    [[nodiscard]] static Result<Steps> make(const DestinationConfig& config, std::string store_id,
                                            ClockOffset clock_offset = {});

    // `attempt.request` is what to send. An error: the program asks for none, or for one that cannot be sent; why, for
    // people.
    [[nodiscard]] Result<void> begin(const storage::Entry& entry, std::string document, StepsAttempt& attempt,
                                     Random& random);
    // Nothing: `attempt.request` is what to send. Otherwise the attempt has ended with this.
    [[nodiscard]] std::optional<BatchAnswer> go_on(const storage::Entry& entry, const HttpResponse& response,
                                                   StepsAttempt& attempt, WallTime now, Random& random);

  private:
    Steps(const DestinationConfig& config, std::string store_id, JqProgram program, ClockOffset clock_offset);
    [[nodiscard]] Result<std::string> decide(const storage::Entry& entry, const StepsAttempt& attempt);
    [[nodiscard]] Result<void> set_request(std::string_view written, const storage::Entry& entry, StepsAttempt& attempt,
                                           Random& random) const;

    const DestinationConfig* config_;
    std::string store_id_;
    JqProgram program_;
    ClockOffset clock_offset_;
};

}  // namespace tillkeeper::sync
