// CloudControl: tells a simulated cloud how to fail, and asks it what took effect. Blocking calls, for tests and the
// demo; one object per thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace tillkeeper::cloud {

// What GET /ledger says about one destination.
struct BookSummary {
    std::int64_t count = 0;     // took effect
    std::int64_t repeated = 0;  // came again, changed nothing
    std::int64_t rejected = 0;
    std::int64_t requests = 0;
    std::int64_t order_violations = 0;
    std::int64_t untrusted = 0;   // told with a clock that nobody had set
    std::int64_t corrected = 0;   // told with times that were corrected
    std::string corrected_first;  // the earliest and the latest arrival among those
    std::string corrected_last;
    std::map<std::string, std::int64_t> amount_by_day;  // erp
    std::int64_t lines = 0;                             // oms
    std::int64_t returns = 0;                           // oms
    std::int64_t members = 0;                           // crm
    std::int64_t points = 0;                            // crm
};

// kUnavailable when it does not answer, kInvalid when it says no, kNotFound for 404.
class CloudControl {
  public:
    explicit CloudControl(int control_port, const std::string& host = "127.0.0.1");

    // As in the README's table: {"destination":"erp","mode":"status","status":500,"probability":0.5}
    [[nodiscard]] Result<void> set_fault(std::string_view json);
    // "*" ends every fault, and the network is back.
    [[nodiscard]] Result<void> clear_faults(std::string_view destination = "*");
    [[nodiscard]] Result<void> cut_network();
    // One door of several (--doors) is shut, or open again.
    [[nodiscard]] Result<void> set_door(int door, bool open);

    [[nodiscard]] Result<std::map<std::string, BookSummary>> ledger();  // by destination
    [[nodiscard]] Result<std::string> ledger_text();                    // the whole answer, JSON
    [[nodiscard]] Result<bool> has(std::string_view destination, std::string_view id);
    [[nodiscard]] Result<std::string> items(std::string_view destination);  // NDJSON
    [[nodiscard]] Result<void> clear_ledger();
    // Every token that was given is refused from now on.
    [[nodiscard]] Result<void> revoke_tokens();
    [[nodiscard]] Result<std::int64_t> tokens_granted();
    [[nodiscard]] bool healthy();

    // Collections and the loyalty engine, as in the README's table: tell("/collections", {...}),
    // ask("/loyalty/totals").
    [[nodiscard]] Result<std::string> tell(const std::string& path, std::string_view json);
    [[nodiscard]] Result<std::string> ask(const std::string& path_and_query);
    [[nodiscard]] Result<std::map<std::string, std::int64_t>> loyalty_totals();

  private:
    [[nodiscard]] Result<std::string> call(const char* method, const std::string& path, std::string_view body = {});

    std::string base_;
};

}  // namespace tillkeeper::cloud
