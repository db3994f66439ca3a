// The till's memory, one file that only grows: "kept DOCUMENT" for each transaction, "OUTCOME ID" for each answer.
// A disk that is full or fails: an exception, and no receipt.
#pragma once

#include <deque>
#include <map>
#include <string>

struct Kept {
    std::string id;
    std::string receipt;
    std::string document;  // the exact bytes
};

class Outbox {
  public:
    // Opens or makes it, for this program alone.
    explicit Outbox(const std::string& path);
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    // On the disk when it returns: only then the receipt may be printed, and the transaction sent.
    void keep(const std::string& document);
    // Not synced: if the power takes it, the box is asked once more and says "duplicate".
    void answered(const std::string& id, const std::string& outcome);

    // Oldest first.
    const std::deque<Kept>& waiting() const { return waiting_; }
    int next_sequence() const { return next_sequence_; }
    // The transaction of that receipt; null when there is none to take back.
    const std::string* sold(const std::string& receipt) const;

  private:
    void write(const std::string& line);
    void remember(const std::string& document);
    void forget(const std::string& id, const std::string& outcome);

    int file_;
    int next_sequence_ = 1;
    std::deque<Kept> waiting_;
    std::map<std::string, std::string> sold_;
};
