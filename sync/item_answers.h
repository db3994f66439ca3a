// What a response says about the single items of a batch:
//   {"items":[{"id","outcome":"delivered"|"duplicate"|"again"|"rejected","reason","document","difference"}]}
// or what the destination's `answer` program makes of {"status","headers","body"}. Pure, bounded. `document` is under
// which number the destination booked it: a string of at most 64 visible ASCII characters (spaces between), or an
// integer; what is not is left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/http.h"
#include "storage/entry.h"
#include "sync/answer.h"
#include "sync/jq_program.h"
#include "sync/lane.h"

namespace tillkeeper::sync {

struct BatchAnswer {
    Answer answer;
    std::vector<ItemAnswer> items;  // empty, or one for each of the batch, in its order
};

// `program` may be null. With `proof_by_item` what is not named is `again`, otherwise (and unless the status is 207)
// a 2xx has delivered it. A 2xx whose body is neither empty nor JSON is `again`: something else answered.
[[nodiscard]] BatchAnswer read_answer(const HttpResponse& response, const std::vector<storage::Entry>& batch,
                                      bool proof_by_item, JqProgram* program, WallTime now);

// What a service says about one of a batch, where it has a word for each and none for all.
struct Verdict {
    Answer answer{};
    std::string document{};  // as in ItemAnswer
};
// One by one where at least one was delivered. Otherwise the first word that asks to wait counts for the batch, or else
// the first one: a service that takes nothing proves nothing against any of them, and the lane finds out who is at
// fault.
[[nodiscard]] BatchAnswer one_by_one(std::vector<Verdict> verdicts);

// `again` for the whole batch, which its content may have caused: the service answered, and nobody knows what.
[[nodiscard]] BatchAnswer not_understood(std::string reason);
// A `document` as it is written; "" where it can be no document's number.
[[nodiscard]] std::string read_document(std::string_view json);
// One such item. What is not one is `again`.
[[nodiscard]] ItemAnswer read_item(std::string_view json);

}  // namespace tillkeeper::sync
