#include "tests/cloud/ledger_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <utility>

#include "tests/cloud/json_text.h"

namespace tillkeeper::cloud {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
    out += ",\"";
    out += name;
    out += "\":";
    append_json_string(out, text);
}

void append_member(std::string& out, std::string_view name, std::int64_t number) {
    out += ",\"";
    out += name;
    out += "\":";
    out += std::to_string(number);
}

bool read_line(const std::string& line, const std::function<void(Destination, const Event&)>& effect) {
    JsonReader json(line);
    Event event;
    std::optional<Destination> destination;
    if (!json.open('{')) return false;
    for (std::string_view name; json.next_member(name);) {
        if (name == "destination")
            destination = destination_named(json.string());
        else if (name == "id")
            event.id = json.string();
        else if (name == "till")
            event.till = json.string();
        else if (name == "sequence")
            event.sequence = json.integer();
        else if (name == "business_day")
            event.business_day = json.string();
        else if (name == "amount")
            event.amount = json.integer().value_or(0);
        else if (name == "lines")
            event.lines = json.integer().value_or(0);
        else if (name == "returns")
            event.returns = json.integer().value_or(0);
        else if (name == "member")
            event.member = json.string();
        else if (name == "points")
            event.points = json.integer().value_or(0);
        else
            json.skip();
    }
    if (!json.at_end() || !destination || event.id.empty()) return false;
    effect(*destination, event);
    return true;
}

}  // namespace

Result<LedgerFile> LedgerFile::open(const std::filesystem::path& folder,
                                    const std::function<void(Destination, const Event&)>& effect) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const std::filesystem::path path = folder / "ledger.ndjson";
    std::ifstream in(path);
    std::uintmax_t whole = 0;
    for (std::string line; std::getline(in, line) && !in.eof();) {
        if (!read_line(line, effect)) return fail(ErrorCode::kCorrupt, path.string() + " is damaged");
        whole += line.size() + 1;
    }
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) return fail(ErrorCode::kIo, "cannot open " + path.string() + ": " + std::strerror(errno));
    LedgerFile file(fd);
    if (::ftruncate(fd, static_cast<off_t>(whole)) != 0) return fail(ErrorCode::kIo, std::strerror(errno));
    return file;
}

LedgerFile::LedgerFile(LedgerFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), waiting_(std::move(other.waiting_)) {}

LedgerFile::~LedgerFile() {
    if (fd_ >= 0) ::close(fd_);
}

void LedgerFile::append(Destination destination, const Event& event) {
    waiting_ += "{\"destination\":\"";
    waiting_ += names_of(destination).name;
    waiting_ += '"';
    append_member(waiting_, "id", event.id);
    append_member(waiting_, "till", event.till);
    if (event.sequence) append_member(waiting_, "sequence", *event.sequence);
    if (!event.business_day.empty()) append_member(waiting_, "business_day", event.business_day);
    if (event.amount != 0) append_member(waiting_, "amount", event.amount);
    if (event.lines != 0) append_member(waiting_, "lines", event.lines);
    if (event.returns != 0) append_member(waiting_, "returns", event.returns);
    if (!event.member.empty()) append_member(waiting_, "member", event.member);
    if (event.points != 0) append_member(waiting_, "points", event.points);
    waiting_ += "}\n";
}

Result<void> LedgerFile::flush() {
    for (std::string_view left = waiting_; !left.empty();) {
        const ssize_t size = ::write(fd_, left.data(), left.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fail(ErrorCode::kIo, std::strerror(errno));
        left.remove_prefix(static_cast<std::size_t>(size));
    }
    waiting_.clear();
    return {};
}

Result<void> LedgerFile::clear() {
    waiting_.clear();
    if (::ftruncate(fd_, 0) != 0) return fail(ErrorCode::kIo, std::strerror(errno));
    return {};
}

}  // namespace tillkeeper::cloud
