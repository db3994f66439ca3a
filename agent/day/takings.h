// What one transaction says of money and points. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tillkeeper::agent {

struct Amounts {
    std::int64_t count = 0;
    std::int64_t sum = 0;  // minor units of the currency

    bool operator==(const Amounts&) const = default;
};

// What is added up apart: "sale" or "card", and an ISO 4217 code; "" where nothing was said.
struct SumName {
    std::string what;
    std::string currency;

    auto operator<=>(const SumName&) const = default;
};

class Sums {
  public:
    // Further names go under kOther: tills make up types as they like.
    static constexpr std::size_t kNamesMax = 200;
    static constexpr std::string_view kOther = "other";

    void add(const SumName& name, Amounts amounts);
    void add(const Sums& others);
    [[nodiscard]] const std::map<SumName, Amounts>& all() const { return all_; }
    bool operator==(const Sums&) const = default;

  private:
    std::map<SumName, Amounts> all_;
};

struct Takings {
    bool readable = false;  // the body is a JSON object
    std::string currency;
    std::int64_t total = 0;  // of the lines where the till gave none
    Sums tenders;
    std::int64_t points_earned = 0;
    std::int64_t points_redeemed = 0;  // negative where a redemption was taken back
};

[[nodiscard]] Takings takings_of(std::string_view type, std::string_view body);
// Of two amounts that a hostile till chose: the largest there is, rather than beyond it.
[[nodiscard]] std::int64_t added(std::int64_t a, std::int64_t b);

}  // namespace tillkeeper::agent
