// Erasure: makes what is personal in one person's entries unreadable, while the chain still verifies. [storage-10]
//
// An erased entry keeps its row, number and hash. Its stored body becomes what `redact` leaves of it, beside the digest
// of the body as it arrived: the chain covers that digest, and a repetition of the original is still kDuplicate.
// In the same transaction an entry of kind kAction joins the chain: its problems are {"decision":"erase","who","why"},
// its body is [{"number":12,"sha256":"<of what is left>"}, ...]. Verification proves by it that a person erased, and
// that what is left is what was left then. What was repaired goes with its repairs, and they with it, whoever of them
// names the person. So does what refers to one of them (a return) and names nobody, and what refers to that. Reasons
// for which the entries are held are cleared. What was freed is overwritten in the file, and the log is emptied:
// `meta.scrub_due` stands until that is done, so that it survives a crash. A crash before means: erase again, what was
// done stays. Ownership: by value. Thread: the journal thread.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/entry.h"
#include "storage/page_scrub.h"
#include "storage/sliced_work.h"

namespace tillkeeper::storage {

struct ErasureOrder {
    std::function<bool(std::string_view body)> concerns = {};        // is it about this person
    std::function<std::string(std::string_view body)> redact = {};   // what is left of it
    std::function<bool(std::string_view body)> names_somebody = {};  // this person or another; empty: nobody
    std::function<bool(const NewEntry&)> plainly = {};  // does a column that stays hold the person's id; empty: none
    std::string who = {};
    std::string why = {};  // neither names the person: both stay in the chain
    Arrival arrival = {};
};

// Overwrites what belongs to no row. Nothing to do unless `meta.scrub_due` is set.
class Scrubbing final : public SlicedWork {
  public:
    [[nodiscard]] Result<bool> slice(const JournalParts& journal) override;
    [[nodiscard]] WorkProgress progress() const override;

  private:
    enum class Step : std::uint8_t { kAsk, kPages, kLog };
    [[nodiscard]] Result<bool> pages(const JournalParts& journal);
    [[nodiscard]] Result<bool> empty_log(const JournalParts& journal);
    [[nodiscard]] Result<bool> wait_for_readers();

    Step step_ = Step::kAsk;
    PageScrub scrub_;
    int waited_ = 0;
};

class Erasure final : public SlicedWork {
  public:
    explicit Erasure(ErasureOrder order) : order_(std::move(order)) {}
    [[nodiscard]] Result<bool> slice(const JournalParts& journal) override;
    [[nodiscard]] WorkProgress progress() const override;

    [[nodiscard]] const std::vector<JournalNumber>& erased() const { return erased_; }
    // Entries that the disk does not give back: nobody can tell whether they are about this person.
    [[nodiscard]] std::int64_t damaged() const { return damaged_; }
    // Entries, of anybody, with the id in a column that the chain covers as text: these stay as they are.
    [[nodiscard]] std::int64_t plain() const { return plain_; }

  private:
    enum class Step : std::uint8_t { kFind, kErase, kScrub };
    [[nodiscard]] Result<bool> find(const JournalParts& journal);
    [[nodiscard]] Result<void> look_at(const JournalParts& journal, const Entry& entry);
    [[nodiscard]] Result<bool> refers_to_wanted(const JournalParts& journal, const Entry& entry) const;
    [[nodiscard]] bool is_wanted(JournalNumber number) const;
    [[nodiscard]] bool follow_repairs();
    void end_walk();
    [[nodiscard]] Result<bool> erase(const JournalParts& journal);
    [[nodiscard]] Result<std::string> erase_one(const JournalParts& journal, JournalNumber number);
    [[nodiscard]] NewEntry record(const std::string& list) const;

    const ErasureOrder order_;
    Step step_ = Step::kFind;
    JournalNumber found_up_to_ = 0;
    JournalNumber newest_ = 0;
    std::multimap<JournalNumber, JournalNumber> repairs_;  // each link twice, once from either end
    std::set<JournalNumber> naming_;                       // whose bodies name the person
    std::set<JournalNumber> connected_;                    // that only a repair or refers_to connects with the person
    std::vector<JournalNumber> wanted_;                    // both, in the order in which they are erased
    std::size_t next_ = 0;                                 // of wanted_
    std::vector<JournalNumber> erased_;
    std::int64_t damaged_ = 0;
    std::int64_t plain_ = 0;
    Scrubbing scrubbing_;
};

// What the body of an erasure's entry says: digest of what was left, by entry number. Empty where it is none.
[[nodiscard]] std::map<JournalNumber, std::string> erased_entries(const Entry& action);

}  // namespace tillkeeper::storage
