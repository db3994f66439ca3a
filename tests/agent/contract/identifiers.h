// Numbers as stores write them, drawn at random with correct check digits: cards of every scheme, and what must not be
// taken for one. Written from the standards, without a look at the code that tells them apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/random.h"

namespace tillkeeper::agent {

struct CardScheme {
    std::string_view name;
    std::vector<std::string> prefixes;
    std::vector<std::size_t> lengths;
};
[[nodiscard]] const std::vector<CardScheme>& card_schemes();
[[nodiscard]] std::string random_card(const CardScheme& scheme, std::size_t length, Random& random);

// A card as people and systems write it: plain, grouped with one of many separators, or beside words.
[[nodiscard]] std::string written(const std::string& card, Random& random);

struct Identifier {
    std::string_view kind;
    std::string member;  // where it stands
    std::string text;
};
// One of each kind.
[[nodiscard]] std::vector<Identifier> random_identifiers(Random& random);

}  // namespace tillkeeper::agent
