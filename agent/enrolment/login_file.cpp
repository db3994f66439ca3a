#include "agent/enrolment/login_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "agent/bus_access/safe_file.h"
#include "agent/config/descriptor.h"
#include "agent/contract/problem.h"
#include "sync/json_slices.h"

namespace tillkeeper::agent {
namespace {

std::unexpected<Error> cannot(const std::string& what, const std::string& path) {
    return fail(ErrorCode::kIo, "cannot " + what + " " + path + " (" + std::strerror(errno) + ")");
}

// Between daemon and command line. Given back when the descriptor is closed.
Result<void> lock_folder(const Descriptor& folder, const std::string& path) {
    if (folder.get() < 0) return cannot("open", path);
    while (::flock(folder.get(), LOCK_EX) != 0)
        if (errno != EINTR) return cannot("lock", path);
    return {};
}

int open_folder(const std::string& path) {
    return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

}  // namespace

LoginFile::LoginFile(const std::string& data_folder, std::string name, const sync::OAuthClient& client)
    : data_folder_(data_folder),
      folder_(data_folder + "/logins"),
      path_(folder_ + '/' + name + ".json"),
      name_(std::move(name)),
      server_(client.issuer.empty() ? client.token_url : client.issuer),
      client_id_(client.client_id) {}

std::string LoginFile::remedy() const {
    return "tillkeeper enroll " + name_;
}

std::string LoginFile::text_of(std::string_view token) const {
    return "{\"server\":" + quoted(server_) + ",\"client_id\":" + quoted(client_id_) +
           ",\"refresh_token\":" + quoted(std::string(token)) + "}\n";
}

Result<std::string> LoginFile::token_in(const std::string& text) const {
    if (text.empty()) return fail(ErrorCode::kNotFound, "this box is not enrolled: " + remedy());
    const auto damaged = [&] { return fail(ErrorCode::kCorrupt, path_ + " is damaged: " + remedy()); };
    if (!sync::is_json(text)) return damaged();
    const auto member = [record = sync::trimmed(text)](std::string_view name) {
        return sync::json_string(sync::json_member(record, name)).value_or("");
    };
    if (member("server") != server_ || member("client_id") != client_id_)
        return fail(ErrorCode::kInvalid, "this box is enrolled for another client or server: " + remedy());
    auto token = member("refresh_token");
    if (token.empty()) return damaged();
    return token;
}

// What the file says counts where it is not what we saw last: somebody enrolled the box.
Result<void> LoginFile::look() {
    auto text = read_if_there(path_);
    if (!text) return std::unexpected(text.error());
    if (*text == seen_ && !seen_.empty()) return {};
    const bool never_written = seen_.empty() && text->empty() && token_ && !token_->empty();
    seen_ = std::move(*text);
    if (!never_written) token_ = token_in(seen_);
    return {};
}

Result<std::string> LoginFile::token() {
    const auto looked = look();
    if (!looked && (!token_ || token_->empty())) return std::unexpected(looked.error());
    return token_;
}

Result<void> LoginFile::write(std::string_view token) {
    std::string text = text_of(token);
    if (auto written = write_safely(path_, text, 0600, OldMode::kReplaced); !written) return written;
    seen_ = std::move(text);
    return {};
}

Result<void> LoginFile::replace(std::string_view used, std::string_view next) {
    const Descriptor folder(open_folder(folder_));
    const auto locked = lock_folder(folder, folder_);
    const auto looked = look();
    // Another enrolment, or somebody took it away. What is damaged is mended.
    if (looked && !(token_ ? *token_ == used : token_.error().code == ErrorCode::kCorrupt)) return {};
    token_ = std::string(next);
    if (!locked) return locked;
    if (!looked) return looked;
    return write(next);
}

Result<void> LoginFile::enrol(std::string_view token) {
    const Descriptor data(open_folder(data_folder_));
    if (data.get() < 0)
        return fail(ErrorCode::kNotFound, "there is no folder " + data_folder_ + " that we can write to (" +
                                              std::strerror(errno) + "); start the daemon once, and run this as root");
    const bool made = ::mkdir(folder_.c_str(), 0700) == 0;
    if (!made && errno != EEXIST) return cannot("make", folder_);
    const Descriptor folder(open_folder(folder_));
    if (auto locked = lock_folder(folder, folder_); !locked) return locked;
    if (made && (!inherit_owner(folder.get(), folder_) || ::fsync(data.get()) != 0)) return cannot("make", folder_);
    token_ = std::string(token);
    return write(token);
}

}  // namespace tillkeeper::agent
