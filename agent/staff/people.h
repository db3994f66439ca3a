// People: the store's staff who may act on the page, each with a PIN, in the file `staff` of the data folder (0600).
// One line each: NAME:ITERATIONS:SALT:HASH, the last two in base64url. Every change is written whole.
// Thread: any one; hold a FolderTurn while changing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/staff/pin.h"

namespace tillkeeper::agent {

inline constexpr std::size_t kPersonNameBytesMax = 40;

struct Person {
    std::string name;
    PinHash pin;
};

// Why it can be no name, for the person who chose it; "" when it can.
[[nodiscard]] std::string_view name_fault(std::string_view name);

class People {
  public:
    explicit People(const std::string& data_folder) : file_(data_folder + "/staff") {}

    // None where there is no file; kCorrupt where a line is none of ours.
    [[nodiscard]] Result<std::vector<Person>> all() const;
    // From now on that person's only PIN. Names that differ in capitals alone are the same.
    [[nodiscard]] Result<void> set(Person person) const;
    // False when there was none.
    [[nodiscard]] Result<bool> remove(std::string_view name) const;

    // Whose name and PIN these are. An unknown name takes as long as a wrong PIN: seconds on a small ARM board.
    [[nodiscard]] Result<std::optional<Person>> recognise(std::string_view name, std::string_view pin) const;
    // Whether somebody who signed in may still act: neither removed nor given another PIN since.
    [[nodiscard]] bool still_there(const Person& person) const;

  private:
    [[nodiscard]] Result<void> write(const std::vector<Person>& all) const;

    std::string file_;
};

}  // namespace tillkeeper::agent
