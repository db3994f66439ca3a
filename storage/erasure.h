// Erasure: makes what is personal in one person's entries unreadable, while the chain still verifies. [storage-10]
//
// An erased entry keeps its row, number and hash. Its stored body becomes what `redact` leaves of it, beside the digest
// of the body as it arrived: the chain covers that digest, and a repetition of the original is still kDuplicate.
// In the same transaction an entry of kind kAction joins the chain: its problems are {"decision":"erase","who","why"},
// its body is [{"number":12,"sha256":"<of what is left>"}, ...]. Verification proves by it that a person erased, and
// that what is left is what was left then. What was repaired goes with its repairs, and they with it, whoever of them
// names the person. Reasons for which the entries are held are cleared. What was freed is overwritten in the file, and
// the log is emptied: `meta.scrub_due` stands until that is done, so that it survives a crash. A crash before means:
// erase again, what was done stays. Ownership: by value. Thread: the journal thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "storage/entry.h"
#include "storage/page_scrub.h"
#include "storage/sliced_work.h"

namespace tillkeeper::storage {

struct ErasureOrder {
    std::function<bool(std::string_view body)> concerns = {};       // is it about this person
    std::function<std::string(std::string_view body)> redact = {};  // what is left of it
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

  private:
    enum class Step : std::uint8_t { kFind, kErase, kScrub };
    [[nodiscard]] Result<bool> find(const JournalParts& journal);
    void follow_repairs();
    [[nodiscard]] Result<bool> erase(const JournalParts& journal);
    [[nodiscard]] Result<std::string> erase_one(const JournalParts& journal, JournalNumber number);
    [[nodiscard]] NewEntry record(const std::string& list) const;

    const ErasureOrder order_;
    Step step_ = Step::kFind;
    JournalNumber found_up_to_ = 0;
    JournalNumber newest_ = 0;
    std::multimap<JournalNumber, JournalNumber> repairs_;  // each link twice, once from either end
    std::vector<JournalNumber> wanted_;
    std::size_t next_ = 0;  // of wanted_
    std::vector<JournalNumber> erased_;
    std::int64_t damaged_ = 0;
    Scrubbing scrubbing_;
};

// What the body of an erasure's entry says: digest of what was left, by entry number. Empty where it is none.
[[nodiscard]] std::map<JournalNumber, std::string> erased_entries(const Entry& action);

}  // namespace tillkeeper::storage
