// How the box asks a system with a call for each thing (cloud_steps.cpp): it searches by the receipt, makes a draft,
// which knows no receipt, and books it.
#pragma once

#include <string_view>

namespace tillkeeper::simulation {

inline constexpr std::string_view kStepProgram = R"jq(
.transaction as $t | .answers as $a | (.document // $a.draft.body.draft?) as $draft
| def is_well($answer): $answer.status < 300 and ($answer.body | type) == "object";
  if $a.find == null then {request: {name: "find", path: ("?receipt=" + ($t.id | @uri))}}
  elif is_well($a.find) | not then {outcome: "again"}
  elif $a.find.body.number then {outcome: "duplicate", document: $a.find.body.number}
  elif $draft and ($draft | startswith("SO ")) then {outcome: "duplicate", document: $draft}
  elif $draft == null and $a.draft == null then {request: {name: "draft", path: "/drafts", body: {}}}
  elif $draft == null then {outcome: "again"}
  elif $a.book == null then {request: {name: "book", method: "PUT", path: "/drafts/\($draft)", body: $t}, document: $draft}
  elif is_well($a.book) then {outcome: "delivered", document: $a.book.body.number}
  elif $a.book.status == 409 then {outcome: "duplicate", document: $a.book.body.number}
  elif $a.book.status == 422 then {outcome: "rejected", reason: "cannot be booked"}
  else {outcome: "again"} end
)jq";

}  // namespace tillkeeper::simulation
