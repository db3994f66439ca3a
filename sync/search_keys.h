// What a record can be found by besides its key, and how what people type or scan becomes what is searched for. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/mirrors.h"

namespace tillkeeper::sync {

// kText: as it is, without white space around it. kFolded: also lower case (ASCII) (e-mail). kDigits: digits only (card
// barcodes). kPhone: digits with the country's code, "0049", "+49" and "0" alike (E.164 without plus).
enum class Normal : std::uint8_t { kText, kFolded, kDigits, kPhone };

struct SearchKeyConfig {
    std::string field;  // what tills call it: "phone"; also the record's member unless `member` says otherwise
    std::string member = {};
    Normal normal = Normal::kText;
    int prefix_min = 0;        // 0: only exact; else beginnings of at least so many characters (3-12) find it too
    std::string country = "";  // kPhone: digits of the country code that a leading 0 stands for: "49"
};

// Of the beginnings that a record is found by. What a till asks for beyond the longest is cut, and may find more.
inline constexpr int kPrefixCharactersMin = 3;
inline constexpr int kPrefixCharactersMax = 12;
inline constexpr std::size_t kSearchKeysMax = 64;  // of one record; further ones are not kept

// Nothing where too little is left.
[[nodiscard]] std::optional<std::string> normalised(std::string_view text, const SearchKeyConfig& config);
// All search keys of a record (a JSON object); a member that is a list gives one each. Beginnings are fields "phone*".
[[nodiscard]] std::vector<storage::SearchKey> search_keys(std::string_view record,
                                                          const std::vector<SearchKeyConfig>& configs);
// What to look for when a till asks {"by":{field: text}}; a text that ends in "*" asks for a beginning. Nothing: not
// configured, or too short.
[[nodiscard]] std::optional<storage::SearchKey> asked_for(std::string_view field, std::string_view text,
                                                          const std::vector<SearchKeyConfig>& configs);

}  // namespace tillkeeper::sync
