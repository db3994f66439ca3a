#include "agent/staff/people.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include "agent/bus_access/safe_file.h"
#include "agent/contract/card_number.h"
#include "platform/ascii.h"
#include "platform/crypto.h"
#include "sync/utf8.h"

namespace tillkeeper::agent {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr int kIterationsMax = 100'000'000;

auto same_name(std::string_view name) {
    return [name = ascii_lower(name)](const Person& each) { return ascii_lower(each.name) == name; };
}

std::optional<Person> read_line(std::string_view line) {
    std::array<std::string_view, 4> parts;
    for (auto& part : parts) {
        const auto end = line.find(':');
        part = line.substr(0, end);
        line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
    const auto& [name, iterations, salt, hash] = parts;
    Person person{std::string(name), {}};
    const auto [end, error] =
        std::from_chars(iterations.data(), iterations.data() + iterations.size(), person.pin.iterations);
    auto salt_bytes = base64url_decode(salt);
    auto hash_bytes = base64url_decode(hash);
    const bool counts = error == std::errc{} && end == iterations.data() + iterations.size() &&
                        person.pin.iterations > 0 && person.pin.iterations <= kIterationsMax;
    if (!counts || !salt_bytes || !hash_bytes || hash_bytes->size() != kHashBytes || !line.empty() ||
        !name_fault(name).empty())
        return std::nullopt;
    person.pin.salt = std::move(*salt_bytes);
    person.pin.hash = std::move(*hash_bytes);
    return person;
}

}  // namespace

std::string_view name_fault(std::string_view name) {
    if (name.empty() || name.size() > kPersonNameBytesMax) return "a name has 1 to 40 bytes";
    const bool plain = std::ranges::none_of(name, [](unsigned char c) { return c < ' ' || c == 0x7F || c == ':'; });
    if (!plain || !sync::is_utf8(name) || name.front() == ' ' || name.back() == ' ')
        return "a name has no colon, no control characters, and no space at its ends";
    if (contains_card_number(name)) return "a name stays in the journal: this one looks like a card number";
    return "";
}

Result<std::vector<Person>> People::all() const {
    const auto text = read_if_there(file_);
    if (!text) return std::unexpected(text.error());
    std::vector<Person> all;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        auto person = read_line(line);
        if (!person)
            return fail(ErrorCode::kCorrupt, "line " + std::to_string(all.size() + 1) + " of " + file_ +
                                                 " is damaged; remove it, and add the person again");
        all.push_back(std::move(*person));
    }
    return all;
}

Result<void> People::set(Person person) const {
    auto people = all();
    if (!people) return std::unexpected(people.error());
    std::erase_if(*people, same_name(person.name));
    people->push_back(std::move(person));
    return write(*people);
}

Result<bool> People::remove(std::string_view name) const {
    auto people = all();
    if (!people) return std::unexpected(people.error());
    if (std::erase_if(*people, same_name(name)) == 0) return false;
    if (auto written = write(*people); !written) return std::unexpected(written.error());
    return true;
}

Result<std::optional<Person>> People::recognise(std::string_view name, std::string_view pin) const {
    auto people = all();
    if (!people) return std::unexpected(people.error());
    const auto found = std::ranges::find_if(*people, same_name(name));
    // Nobody's: it is computed all the same, so that time does not tell which names there are.
    const PinHash nobodys{kPinIterations, std::string(kHashBytes, 'n'), std::string(kHashBytes, '\0')};
    const bool known = found != people->end();
    const bool right = is_pin(known ? found->pin : nobodys, pin);
    if (!known || !right) return std::optional<Person>();
    return std::optional(std::move(*found));
}

bool People::still_there(const Person& person) const {
    const auto people = all();
    if (!people) return false;
    const auto found = std::ranges::find(*people, person.name, &Person::name);
    return found != people->end() && found->pin.salt == person.pin.salt;
}

Result<void> People::write(const std::vector<Person>& people) const {
    std::string text;
    for (const auto& [name, pin] : people)
        text +=
            name + ':' + std::to_string(pin.iterations) + ':' + base64url(pin.salt) + ':' + base64url(pin.hash) + '\n';
    return write_safely(file_, text, 0600);
}

}  // namespace tillkeeper::agent
