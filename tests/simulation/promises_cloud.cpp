// Promises, second half: what systems get, and what stands in the journal at the end.
#include <algorithm>

#include "storage/own_entries.h"
#include "tests/simulation/promises.h"

namespace tillkeeper::simulation {

Sale* Promises::version(const std::string& system, const std::string& id, const std::string& body) {
    const auto found = by_id_.find(id);
    if (found != by_id_.end())
        for (Sale* sale : found->second) {
            const auto& repairs = sale->at[system].repairs;
            if (sale->plain == body || repairs.contains(body) || sale->released.contains(body)) return sale;
        }
    for (Sale& sale : sales_)
        if (sale.released_ids.contains(id) && sale.released.contains(body)) return &sale;
    return nullptr;
}

// Whatever becomes of it there: only what was sold, as it was sold or as a person repaired it, under its number.
void Promises::arrived(const Delivered& what) {
    Sale* sale = version(what.system, what.id, what.body);
    const std::string where = what.id + " at " + what.system;
    if (sale == nullptr) return broken("[sync-4] nobody sold that: " + where + ": " + what.body);
    check(wants(what.system, *sale), "[sync-4] not subscribed to its type: " + where);
    check(sale->offered, "[sync-4] delivered before it was handed over: " + where);
    const bool suspicious = sale->fate == Fate::kQuarantined || sale->fate == Fate::kConflict;
    const AtSystem& at = sale->at[what.system];
    if (suspicious && !sale->released.contains(what.body) && !at.repairs.contains(what.body))
        broken("[storage-2] delivered although nobody let it through: " + where);
    // A request of one transaction does not say its journal number: then it is 0 until the till was told.
    if (what.number != 0 && sale->number != 0 && !suspicious && !lossy_ && !may_be_new(*sale))
        check(what.number == sale->number, "[sync-4] delivered under another journal number: " + where);
    if (!suspicious && !lossy_ && what.number != 0) own(what.number, *sale);
    check(!at.skipped || may_be_new(*sale), "[storage-6] delivered although a person skipped it: " + where);
    check(at.repaired.empty() || at.repaired == what.body || may_be_new(*sale),
          "[storage-6] repaired, and sent as it was before: " + where);
    auto& content = content_[{what.system, what.id}];
    if (!content.empty() && content != what.body && !at.repairs.contains(what.body) && !may_be_new(*sale))
        broken("[sync-4] one id, two contents: " + where);
    content = what.body;
    check_dependence(what, *sale);
}

void Promises::delivered(const Delivered& what, bool took_effect) {
    Sale* sale = version(what.system, what.id, what.body);
    if (sale == nullptr || !took_effect) return;
    ++sale->at[what.system].effects;
    check_order(what, *sale);
}

void Promises::check_order(const Delivered& what, Sale& sale) {
    if (lossy_ || what.number == 0 || !ordered(what.system)) return;
    auto& newest = newest_[{what.system, what.till}];
    const bool waited = sale.at[what.system].rejected || held_by_right(what.system, sale);
    if (!waited && what.number < newest)
        broken("[sync-4] out of order at " + what.system + ": number " + std::to_string(what.number) + " of " +
               what.till + " after " + std::to_string(newest));
    if (!waited) newest = std::max(newest, what.number);
}

// What refers to another one does not come before it.
void Promises::check_dependence(const Delivered& what, const Sale& sale) {
    if (sale.refers_to.empty() || lossy_ || what.number == 0) return;
    const Sale* other = with_id(sale.refers_to);
    if (other == nullptr || !other->told || other->fate != Fate::kFine || !wants(what.system, *other)) return;
    if (other->number > what.number || done_at(what.system, *other)) return;
    broken("[sync-6] " + sale.id + " came to " + what.system + " before " + other->id + ", which it refers to");
}

void Promises::rejected(const Delivered& what) {
    if (Sale* sale = version(what.system, what.id, what.body)) sale->at[what.system].rejected = true;
}

bool Promises::had_to_wait(const Sale& sale) const {
    if (sale.decided) return true;
    const auto found = by_id_.find(sale.refers_to);
    return !sale.refers_to.empty() && found != by_id_.end() && had_to_wait(*found->second.front());
}

void Promises::choked_on(const Delivered& what) {
    if (Sale* sale = version(what.system, what.id, what.body)) sale->at[what.system].choked = true;
}

bool Promises::done_at(const std::string& system, const Sale& sale) const {
    const auto at = sale.at.find(system);
    return at != sale.at.end() && (at->second.effects > 0 || at->second.skipped || at->second.maybe_skipped);
}

// Its content is rejected there, or that of the one it refers to.
bool Promises::held_by_right(const std::string& system, const Sale& sale) const {
    const auto at = sale.at.find(system);
    if (sale.poison == system || (at != sale.at.end() && at->second.choked)) return true;
    if (sale.refers_to.empty()) return false;
    const auto found = by_id_.find(sale.refers_to);
    if (found == by_id_.end()) return false;
    return held_by_right(system, *found->second.front());
}

std::vector<std::string> Promises::missing_at(const std::string& system, bool but_held) const {
    std::vector<std::string> missing;
    for (const Sale& sale : sales_) {
        const bool suspicious = sale.fate == Fate::kQuarantined || sale.fate == Fate::kConflict;
        if (!sale.told || !wants(system, sale) || done_at(system, sale)) continue;
        const auto quarantine = sale.at.find("");
        const bool unsure = quarantine != sale.at.end() && quarantine->second.unsure;
        if (suspicious && (sale.released.empty() || sale.maybe_skipped || unsure)) continue;
        if (but_held && held_by_right(system, sale)) continue;
        missing.push_back(sale.id);
    }
    return missing;
}

void Promises::audit_entry(const storage::Entry& entry) {
    using storage::EntryKind;
    if (entry.kind == EntryKind::kReleased) audited_.insert(entry.number);  // it may stand for the one let through
    if (entry.kind != EntryKind::kTransaction && entry.kind != EntryKind::kQuarantined) return;
    if (lossy_ && !entry.damaged.empty()) return;
    if (entry.till.empty() && storage::only_where_named(entry.type)) {  // the box's own word about the store
        audited_.insert(entry.number);
        return;
    }
    const auto found = by_id_.find(entry.transaction_id);
    if (found == by_id_.end()) return broken("[storage-2] nobody sold entry " + std::to_string(entry.number));
    const auto same = std::ranges::find(found->second, entry.body, [](const Sale* sale) { return sale->body; });
    if (same == found->second.end())
        return broken("[storage-1] entry " + std::to_string(entry.number) + " was altered");
    Sale& sale = **same;
    check(sale.offered, "[storage-2] stored before it was handed over: " + sale.id);
    check(entry.till == sale.till, "[storage-2] stored under another till: " + sale.id);
    if (!lossy_) own(entry.number, sale);
    check(sale.clock_trust.contains(entry.arrival.clock_trusted),
          "[agent-8] stored with a wrong trust in the clock: " + sale.id);
    check(sale.number != entry.number || sale.hash.empty() || sale.hash == to_hex(entry.hash) || lossy_,
          "[storage-1] the answer had another hash: " + sale.id);
    if (sale.number == 0) sale.number = entry.number;
    check(sale.number == entry.number || lossy_ || may_be_new(sale), "[storage-3] stored twice: " + sale.id);
    audited_.insert(entry.number);
    check(entry.body.find(kCardNumber) == std::string::npos, "[storage-10] a card number is stored");
}

// The number that a system said is known here where the journal counts the sale as delivered.
void Promises::audit_bookings(storage::JournalReader& reader, const storage::Entry& entry) {
    if (lossy_ || entry.kind == storage::EntryKind::kAction) return;
    const auto bookings = reader.bookings(entry.number);
    const auto cursors = reader.cursors();
    if (!bookings || !cursors) return broken("[sync-12] documents cannot be read");
    for (const auto& one : *bookings) {
        const auto said = documents_.find({one.destination, entry.transaction_id});
        const bool booked = said != documents_.end() && said->second == one.document;
        check(booked || drafts_.contains({one.destination, entry.transaction_id, one.document}),
              "[sync-12] " + one.destination + " never booked " + entry.transaction_id + " as " + one.document);
    }
    const Sale* sale = with_id(entry.transaction_id);
    const bool plain = entry.kind == storage::EntryKind::kTransaction && !disk_was_full();
    if (!plain || sale == nullptr || sale->fate != Fate::kFine || sale->decided) return;
    for (const auto& [system, number] : *cursors) {
        const auto at = sale->at.find(system);
        const auto said = documents_.find({system, sale->id});
        const bool booked = said != documents_.end() && at != sale->at.end() && at->second.effects > 0;
        const bool counts = booked && number >= entry.number;
        const bool known = counts && std::ranges::any_of(*bookings, [&](const storage::Booking& one) {
                               return one.destination == system && one.document == said->second;
                           });
        check(!counts || known, "[sync-12] nobody knows under which number " + system + " booked " + sale->id);
    }
}

void Promises::check_young(std::int64_t first) {
    if (lossy_) return;
    for (const Sale& sale : sales_)
        if (sale.told && sale.number < first && clock_.since_start() - sale.offered_at < retention_)
            broken("[storage-8] pruned before its time: " + sale.id);
}

// The chain once more, from its description in storage/README.md.
void Promises::audit_link(const storage::Entry& entry) {
    const auto eight = [](std::int64_t value) {
        std::string bytes;
        for (int shift = 56; shift >= 0; shift -= 8)
            bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFFU);
        return bytes;
    };
    std::string input = link_;
    for (const int flag :
         {1, static_cast<int>(entry.kind), entry.arrival.clock_trusted ? 1 : 0, entry.till_sequence ? 1 : 0})
        input += static_cast<char>(flag);
    for (const std::int64_t value : {entry.number, entry.till_sequence.value_or(0), entry.repairs,
                                     std::int64_t{entry.arrival.arrived_at.time_since_epoch().count()},
                                     std::int64_t{entry.arrival.monotonic.time_since_epoch().count()}})
        input += eight(value);
    for (const std::string& text : {entry.till, entry.transaction_id, entry.type, entry.business_day, entry.occurred_at,
                                    entry.refers_to, entry.receipt, entry.problems, entry.arrival.boot_id})
        input += eight(static_cast<std::int64_t>(text.size())).substr(4) + text;
    const Digest body = sha256(entry.body);
    input.append(body.begin(), body.end());
    const Digest expected = sha256(input);
    check(link_.empty() || expected == entry.hash || lossy_,
          "[storage-8] entry " + std::to_string(entry.number) + " has a wrong hash");
    link_.assign(entry.hash.begin(), entry.hash.end());
}

void Promises::audit(storage::JournalReader& reader) {
    const auto whole = reader.verify({});
    if (!whole) return broken("[storage-8] the chain cannot be read: " + whole.error().message);
    if (whole->first_bad != 0 && !lossy_) return broken("[storage-8] the chain is broken: " + whole->problem);
    std::int64_t first = 0;
    std::int64_t last = 0;
    for (bool more = true; more && broken_.empty();) {
        const auto page = reader.read_after(last, {});
        if (!page) return broken("[storage-8] the journal cannot be read: " + page.error().message);
        more = !page->empty();
        for (const auto& entry : *page) {
            if (first == 0) first = entry.number;
            check(last == 0 || entry.number == last + 1,
                  "[storage-1] a number is missing before " + std::to_string(entry.number));
            last = entry.number;
            if (entry.number == 1) link_.assign(32, '\0');
            audit_link(entry);
            audit_entry(entry);
            audit_bookings(reader, entry);
        }
    }
    check_young(first);
    check(first <= 1 || forgetful_, "[storage-1] the oldest entries are gone");
    if (lossy_) return;
    for (const Sale& sale : sales_) {
        if (!sale.told || sale.number >= first) {
            check(!sale.told || audited_.contains(sale.number), "[storage-1] accepted and gone: " + sale.id);
            continue;
        }
        for (const auto& [system, types] : systems_)
            check(!wants(system, sale) || done_at(system, sale) || sale.fate != Fate::kFine,
                  "[storage-1] pruned before it was delivered: " + sale.id);
    }
}

}  // namespace tillkeeper::simulation
