// The sections of the page, each written by one function, each with an id of its own by which page.js finds it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "agent/page/facts.h"
#include "agent/page/html.h"
#include "agent/page/words.h"

namespace tillkeeper::agent {

// What a section is written with.
struct Pen {
    Html& html;
    const PageFacts& facts;
    const Words& words;

    [[nodiscard]] std::string moment(WallTime time) const { return words.moment(time, facts.now, facts.zone); }
};

// Told by shape as well as by colour.
enum class Sign : std::uint8_t { kGood, kMoving, kCaution, kCut, kStop, kPending };
[[nodiscard]] std::string_view class_of(Sign sign);
void draw(Html& html, Sign sign);
// A sign with its text.
void lamp(Html& html, Sign sign, std::string_view text);

// Who is signed in, or the way there. Stands in the header.
void write_who(const Pen& pen);
// A form of a signed-in person, with the token that proves where it comes from; `fill` writes what else is in it.
void write_form(const Pen& pen, std::string_view action, const std::function<void()>& fill);
// Where a person says why: it goes into the chain.
void write_reason_field(const Pen& pen, const std::string& id, std::string_view typed);
// Why something is quarantined, by its type of problem.
[[nodiscard]] std::string reason_of(const Words& words, std::string_view problem_type);
// Why a destination does not have it.
[[nodiscard]] std::string reason_at(const Words& words, std::string_view destination, storage::HeldState state);

void write_done(const Pen& pen);
void write_state(const Pen& pen);
void write_progress(const Pen& pen);
void write_advice(const Pen& pen);
void write_receipt(const Pen& pen);
void write_destinations(const Pen& pen);
void write_waiting(const Pen& pen);
void write_tills(const Pen& pen);
void write_runway(const Pen& pen);
// The way to keep the store offline, for who is signed in.
void write_offline_link(const Pen& pen);
void write_outages(const Pen& pen);
void write_sales(const Pen& pen);

}  // namespace tillkeeper::agent
