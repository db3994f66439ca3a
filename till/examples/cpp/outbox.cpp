#include "outbox.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "json.h"

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

// A new file's name must survive the power cut as well.
void sync_folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const int folder = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (folder < 0 || ::fsync(folder) != 0) fail(name);
    ::close(folder);
}

}  // namespace

Outbox::Outbox(const std::string& path) : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    if (file_ < 0 || ::flock(file_, LOCK_EX | LOCK_NB) != 0) fail(path);
    std::ifstream stream(path, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(stream), {}};
    const auto whole = content.rfind('\n') + 1;
    // Half a line: the power went while it was written, and nobody got a receipt.
    if (::ftruncate(file_, static_cast<off_t>(whole)) != 0) fail(path);
    for (std::size_t at = 0, end = 0; at < whole; at = end + 1) {
        end = content.find('\n', at);
        const auto space = content.find(' ', at);
        const std::string word = content.substr(at, space - at);
        const std::string rest = content.substr(space + 1, end - space - 1);
        if (word == "kept")
            remember(rest);
        else
            forget(rest, word);
    }
    sync_folder_of(path);
}

Outbox::~Outbox() {
    ::close(file_);
}

void Outbox::keep(const std::string& document) {
    write("kept " + document + "\n");
    if (::fsync(file_) != 0) fail("the outbox");
    remember(document);
}

void Outbox::answered(const std::string& id, const std::string& outcome) {
    write(outcome + " " + id + "\n");
    forget(id, outcome);
}

const std::string* Outbox::sold(const std::string& receipt) const {
    const auto found = sold_.find(receipt);
    return found == sold_.end() ? nullptr : &found->second;
}

void Outbox::write(const std::string& line) {
    errno = ENOSPC;  // what a write that ends early means
    if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) fail("the outbox");
}

void Outbox::remember(const std::string& document) {
    const Json json = parse(document);
    const std::string receipt = text_of(json.get(), "receipt");
    next_sequence_ = static_cast<int>(number_of(json.get(), "till_sequence").value()) + 1;
    waiting_.push_back({text_of(json.get(), "id"), receipt, document});
    sold_[receipt] = document;
}

void Outbox::forget(const std::string& id, const std::string& outcome) {
    const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](auto& one) { return one.id == id; });
    if (found == waiting_.end()) return;
    if (outcome == "refused") sold_.erase(found->receipt);  // the store does not have it: nothing to take back
    waiting_.erase(found);
}
