// What goes into a Till and what comes out of it: plain values. Part of till.h; include that.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace tillkeeper::pos {

inline constexpr std::uint64_t kWaitingMax = 1'000'000;       // sales in the outbox without an answer
inline constexpr std::size_t kDocumentBytesMax = 256 * 1024;  // of a sale, as the contract says
inline constexpr std::size_t kInFlightMax = 1000;             // Settings::in_flight

struct Settings {
    std::string store;        // [A-Za-z0-9_-]{1,32}; the first part of receipts
    std::string till;         // likewise; also the user name on the bus
    std::string outbox_file;  // on a disk of this till; "-wal" and "-room" beside it belong to it
    // Where a new outbox begins to count: after a till's disk was replaced, beyond the last number that it used.
    std::int64_t first_sequence = 1;

    // An address, or a name that is resolved without delay and has one address: looking it up blocks, and so does an
    // earlier one of several that swallows what it is sent.
    std::string host = "127.0.0.1";
    int port = 8883;
    std::string ca_file;           // the store's CA. Empty: no TLS, which must be said by `plain`
    bool plain = false;            // true: no TLS; for tests and for a broker on the same machine
    std::string certificate_file;  // this till's certificate and key (PEM), where the store gave it one
    std::string key_file;
    std::string password_file;  // else: its first line is the password; read at each connect, so it may be replaced

    // Sales sent and not answered. 1: the store gets this till's sales in exactly its order, always. More is faster; a
    // crash of the store's box may then change places within so many.
    std::size_t in_flight = 1;
    std::chrono::milliseconds answer_timeout{2000};  // then the sale is sent again; doubles up to eight times
};

struct Sale {
    std::string type = "sale";   // a word of the contract, or another of [A-Za-z0-9_-]{1,64}
    std::string content = "{}";  // a JSON object with all else: lines, tenders, total, currency, refers_to ...
    std::string occurred_at;     // RFC 3339; empty: now, in UTC
    std::string business_day;    // "2026-11-20"; empty: left out
    std::string receipt;         // up to 64 printable ASCII, no quotes; empty: "{store}-{till}-{till_sequence}"
    std::string id;              // [A-Za-z0-9._:-]{1,64}; empty: new_id()
};

struct Receipt {
    std::string id;
    std::int64_t till_sequence = 0;
    std::string receipt;
    bool repeated = false;  // this id with this content was handed over before: nothing new was kept
};

enum class Outcome { kAccepted, kDuplicate, kQuarantined, kRefused };

// What became of a sale. Comes at least once for each that leaves the outbox: it leaves after this was told, and a kill
// or power cut of this till in between makes it come again. A refused one (kRefused) stays until drop_refused(); if
// this till died before it was told, Till::refused() has it. Refusals that pass by themselves ("busy") are not told as
// answers: the sale is sent again.
struct Answer {
    std::string id;
    std::int64_t till_sequence = 0;
    std::string receipt;
    Outcome outcome = Outcome::kAccepted;
    std::int64_t journal_number = 0;  // of the store; 0 where refused
    std::string problem;              // of a refusal: the contract's word, or "damaged_in_outbox"
    std::string document;             // the whole answer as JSON: hash, problems; empty where the store never saw it
};

struct RefusedSale {
    std::string id;
    std::int64_t till_sequence = 0;
    std::string receipt;
    std::string problem;
    std::string document;  // as it was sent
};

struct StoreStatus {
    std::string state;     // online, catching_up, degraded, offline; "" where the document has none
    std::string document;  // the contract's, as JSON
};

struct Counts {
    std::uint64_t waiting = 0;  // for an answer
    std::uint64_t refused = 0;  // for drop_refused()
    std::uint64_t sent_again = 0;
    std::uint64_t reconnects = 0;
    std::int64_t next_sequence = 0;
};

// All may be empty. They may call anything of the Till but run_once() and close(), and must not destroy it.
struct Events {
    std::function<void(const Answer&)> answered;
    std::function<void(const StoreStatus&)> store_status;
    std::function<void(bool online, const std::string& why)> connection;  // `why`: of a loss; told when it changes
    std::function<void(const std::string& id)> put_off;                   // refused for now; it will be sent again
};

}  // namespace tillkeeper::pos
