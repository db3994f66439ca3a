#include "agent/cli/journal_export.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "agent/config/descriptor.h"
#include "agent/contract/problem.h"
#include "agent/day/day_feed.h"
#include "agent/day/export_line.h"
#include "platform/linux-arm/system.h"

namespace tillkeeper::cli {
namespace {

std::unexpected<Error> failed(const std::string& path) {
    const int cause = errno;
    return fail(cause == ENOSPC ? ErrorCode::kStorageFull : ErrorCode::kIo,
                "cannot write " + path + " (" + std::strerror(cause) + ")");
}

// A file that has its name only when it is whole: gone otherwise.
class UnnamedFile {
  public:
    explicit UnnamedFile(std::string name)
        : name_(std::move(name)),
          part_(name_ + ".part-" + std::to_string(::getpid())),
          file_(::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
    ~UnnamedFile() {
        if (file_.get() >= 0) ::unlink(part_.c_str());  // once named, there is nothing of that name
    }
    UnnamedFile(const UnnamedFile&) = delete;
    UnnamedFile& operator=(const UnnamedFile&) = delete;

    [[nodiscard]] Result<void> write(std::string_view text) {
        if (file_.get() < 0) return failed(part_);
        while (!text.empty()) {
            const auto written = ::write(file_.get(), text.data(), text.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return failed(part_);
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return {};
    }
    // link() never replaces what is there.
    [[nodiscard]] Result<void> give_name() {
        if (::fsync(file_.get()) != 0) return failed(part_);
        if (::link(part_.c_str(), name_.c_str()) != 0) return failed(name_);
        const auto folder = std::filesystem::absolute(name_).parent_path();
        const agent::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (opened.get() < 0 || ::fsync(opened.get()) != 0) return failed(folder.string());
        return {};
    }

  private:
    std::string name_;
    std::string part_;
    agent::Descriptor file_;
};

class Export {
  public:
    Export(storage::JournalReader& reader, const ExportWish& wish, agent::StoreDay store)
        : reader_(reader), wish_(wish), store_(std::move(store)), day_(agent::parse_day(wish.day)) {}

    Result<void> write(UnnamedFile& file, const Told& told) {
        const auto bounds = reader_.bounds();
        if (!bounds) return std::unexpected(bounds.error());
        const auto last = wish_.to == 0 ? bounds->last : std::min(wish_.to, bounds->last);
        for (auto at = std::max(wish_.from, bounds->first) - 1; at < last;) {
            const auto entries = reader_.read_after(at, {});
            if (!entries) return std::unexpected(entries.error());
            if (entries->empty()) break;
            std::string lines;
            for (const auto& entry : *entries) {
                at = entry.number;
                if (at <= last && wanted(entry)) lines += line_of(entry);
            }
            all_.update(lines);
            if (auto written = file.write(lines); !written) return written;
            told("exporting", std::min(at, last), last);
        }
        end_.sha256 = to_hex(all_.finish());
        return file.write(agent::export_end(end_));
    }
    [[nodiscard]] const agent::ExportEnd& end() const { return end_; }

  private:
    [[nodiscard]] bool wanted(const storage::Entry& entry) const {
        if (!day_) return true;
        return entry.damaged.empty() && agent::place_of(entry, store_).day == *day_;
    }
    std::string line_of(const storage::Entry& entry) {
        if (end_.entries++ == 0) end_.first = entry.number;
        end_.last = entry.number;
        end_.head = entry.damaged.empty() ? to_hex(entry.hash) : "";
        return agent::export_line(entry);
    }

    storage::JournalReader& reader_;
    const ExportWish& wish_;
    agent::StoreDay store_;
    std::optional<agent::BusinessDay> day_;
    Sha256 all_;
    agent::ExportEnd end_;
};

}  // namespace

Result<std::string> export_journal(const agent::Config& config, const ExportWish& wish, const Told& told) {
    if (std::error_code error; std::filesystem::exists(wish.file, error))
        return fail(ErrorCode::kInvalid, wish.file + " is there already");
    storage::JournalOptions options;
    options.folder = config.data_folder;
    options.key = config.journal_key;
    options.older_keys = config.older_journal_keys;
    const auto reader = storage::JournalReader::open(options);
    if (!reader) return std::unexpected(reader.error());
    UnnamedFile file(wish.file);
    Export journal(**reader, wish, {local_offset, config.day_closes_at});
    if (auto written = journal.write(file, told); !written) return std::unexpected(written.error());
    if (auto named = file.give_name(); !named) return std::unexpected(named.error());
    return "{\"file\":" + agent::quoted(wish.file) + ",\"entries\":" + std::to_string(journal.end().entries) +
           ",\"first\":" + std::to_string(journal.end().first) + ",\"last\":" + std::to_string(journal.end().last) +
           '}';
}

}  // namespace tillkeeper::cli
