#include "tests/till/outbox.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

namespace tillkeeper::till {
namespace {

// "sold" TAB till TAB id TAB day TAB total TAB body, or "settled" TAB till TAB id TAB outcome.
std::vector<std::string> split(const std::string& line, std::size_t fields_max) {
    std::vector<std::string> fields;
    std::size_t from = 0;
    while (fields.size() + 1 < fields_max) {
        const auto tab = line.find('\t', from);
        if (tab == std::string::npos) break;
        fields.push_back(line.substr(from, tab - from));
        from = tab + 1;
    }
    fields.push_back(line.substr(from));
    return fields;
}

template <typename Number>
bool read_number(const std::string& text, Number& out) {
    return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc();
}

}  // namespace

Result<Outbox> Outbox::open(const std::string& path, std::size_t tills) {
    Outbox outbox;
    outbox.past_.sold.resize(tills);
    outbox.past_.waiting.resize(tills);
    std::error_code none;
    std::uintmax_t whole = 0;
    if (std::ifstream file(path, std::ios::binary); file) {
        for (std::string line; std::getline(file, line) && !file.eof(); whole += line.size() + 1)
            if (!outbox.remember(line)) return fail(ErrorCode::kInvalid, path + " is no outbox of these tills");
        std::filesystem::resize_file(path, whole, none);  // without the torn last line
    }
    outbox.file_.reset(std::fopen(path.c_str(), "ae"));
    if (!outbox.file_) return fail(ErrorCode::kIo, path + " cannot be written");
    return outbox;
}

bool Outbox::remember(const std::string& line) {
    std::size_t till = 0;
    const auto fields = split(line, line.starts_with("sold\t") ? 6 : 4);
    if (fields.size() < 4 || !read_number(fields[1], till) || till >= past_.sold.size()) return false;
    auto& waiting = past_.waiting[till];
    if (fields[0] == "sold" && fields.size() == 6) {
        KeptSale sale{.id = fields[2], .body = fields[5], .business_day = fields[3]};
        if (!read_number(fields[4], sale.total)) return false;
        ++past_.sold[till];
        ++past_.tally.sold;
        past_.tally.amount_by_day[sale.business_day] += sale.total;
        waiting.push_back(std::move(sale));
        return true;
    }
    std::size_t outcome = 0;
    if (fields[0] != "settled" || !read_number(fields[3], outcome) || outcome >= past_.tally.settled.size())
        return false;
    if (std::erase_if(waiting, [&](const KeptSale& sale) { return sale.id == fields[2]; }) > 0)
        ++past_.tally.settled[outcome];
    return true;
}

void Outbox::append(const std::string& line) const {
    std::fwrite(line.data(), 1, line.size(), file_.get());
    if (std::fflush(file_.get()) != 0) {
        // A till that cannot keep what it sells must not go on selling.
        std::perror("outbox");
        std::exit(1);
    }
}

void Outbox::sold(std::size_t till, const KeptSale& sale) {
    append("sold\t" + std::to_string(till) + "\t" + sale.id + "\t" + sale.business_day + "\t" +
           std::to_string(sale.total) + "\t" + sale.body + "\n");
}

void Outbox::settled(std::size_t till, const std::string& id, Outcome outcome) {
    append("settled\t" + std::to_string(till) + "\t" + id + "\t" + std::to_string(static_cast<int>(outcome)) + "\n");
}

}  // namespace tillkeeper::till
