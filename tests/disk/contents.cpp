#include "tests/disk/contents.h"

#include <algorithm>

namespace tillkeeper::disk {
namespace {

bool all_zero(const char* bytes, std::int64_t count) {
    return count == 0 || (*bytes == 0 && std::memcmp(bytes, bytes + 1, static_cast<std::size_t>(count - 1)) == 0);
}

std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}

// Which versions a sector may be in, drawn anew for each: all, none, or what it was at some instant since.
struct Fate {
    Fate(std::uint64_t seed, std::int64_t sector, std::uint64_t now) {
        const std::uint64_t drawn = mixed(seed ^ (static_cast<std::uint64_t>(sector) + 1) * 0x9E3779B97F4A7C15U);
        const auto choice = drawn & 7U;
        until = choice < 2 ? 0 : choice < 5 ? now : (drawn >> 8) % (now + 1);
        noise = (choice == 5);
        noise_seed = drawn;
    }
    std::uint64_t until;  // changes before this instant are there
    bool noise;
    std::uint64_t noise_seed;
};

}  // namespace

FileId Contents::find(const std::string& path) const {
    const auto found = names_.find(path);
    return found == names_.end() ? 0 : found->second;
}

FileId Contents::create(const std::string& path) {
    files_.try_emplace(++last_);
    if (path.empty()) return last_;
    names_[path] = last_;
    name_changes_.push_back({now_++, path, last_});
    return last_;
}

void Contents::unlink(const std::string& path) {
    if (names_.erase(path) != 0) name_changes_.push_back({now_++, path, 0});
}

std::vector<std::string> Contents::paths() const {
    std::vector<std::string> all;
    for (const auto& [path, file] : names_) all.push_back(path);
    return all;
}

void Contents::write(FileId id, const char* from, std::int64_t bytes, std::int64_t at) {
    File& file = files_.at(id);
    Change change{now_++, false, at, bytes, kZeros};
    if (!all_zero(from, bytes)) {
        change.from = file.written.size();
        file.written.append(from, static_cast<std::size_t>(bytes));
    }
    file.changes.push_back(change);
    file.cached.write(change.from == kZeros ? nullptr : from, bytes, at);
    for (auto block = at / kBlockBytes; block * kBlockBytes < at + bytes; ++block)
        file.dirty.push_back(static_cast<std::size_t>(block));
}

void Contents::resize(FileId id, std::int64_t size) {
    File& file = files_.at(id);
    file.changes.push_back({now_++, true, size, 0, kZeros});
    file.cut_to = std::min(file.cut_to, size);
    file.cached.resize(size);
    if (size % kBlockBytes != 0) file.dirty.push_back(static_cast<std::size_t>(size / kBlockBytes));
}

bool Contents::settled() const {
    return name_changes_.empty() &&
           std::ranges::all_of(files_, [](const auto& file) { return file.second.changes.empty(); });
}

std::int64_t Contents::used_bytes() const {
    std::int64_t used = 0;
    for (const auto& [path, id] : names_)
        used += (files_.at(id).cached.size() + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
    return used;
}

void Contents::sync(FileId id) {
    File& file = files_.at(id);
    if (file.cut_to < file.kept.size()) file.kept.resize(file.cut_to);
    file.kept.resize(file.cached.size());
    for (const auto block : file.dirty) file.kept.take(file.cached, block);
    file.changes.clear();
    file.written.clear();
    file.dirty.clear();
    file.cut_to = kNoCut;
}

void Contents::sync_names() {
    kept_names_ = names_;
    name_changes_.clear();
}

void Contents::fail_sync(FileId id, Random& random) {
    File& file = files_.at(id);
    if (random.below(2) == 0) {
        file.dirty.clear();
    } else {
        const std::uint64_t seed = random.next();
        std::erase_if(file.dirty, [&](std::size_t block) { return (mixed(seed + block) & 1U) != 0; });
    }
    sync(id);
}

void Contents::rot(FileId id, std::int64_t at, char flip) {
    File& file = files_.at(id);
    for (Image* image : {&file.cached, &file.kept}) {
        char byte = 0;
        if (image->read(&byte, 1, at) != 1) continue;
        byte = static_cast<char>(byte ^ flip);
        image->write(&byte, 1, at);
    }
}

std::uint64_t Contents::draw_instant(Random& random) const {
    std::vector<std::uint64_t> instants;
    for (const auto& [id, file] : files_)
        for (const auto& change : file.changes) instants.push_back(change.when);
    for (const auto& change : name_changes_) instants.push_back(change.when);
    if (instants.empty()) return 0;
    std::ranges::sort(instants);
    return instants[static_cast<std::size_t>(random.below(instants.size()))];
}

void Contents::cut_power(Shape shape, Random& random) {
    const std::uint64_t instant = shape == Shape::kPrefixWithTornTail ? draw_instant(random) : 0;
    const std::uint64_t seed = random.next();
    const bool all = shape == Shape::kEverything || shape == Shape::kRevertedCreates;
    for (auto& [id, file] : files_) {
        if (!file.changes.empty() && (shape == Shape::kAnySectors || shape == Shape::kGarbageInTorn))
            apply_sectors(file, now_, mixed(seed + id), shape == Shape::kGarbageInTorn);
        else
            apply_until(file, all ? now_ : instant, random);
    }
    if (shape == Shape::kAnySectors || shape == Shape::kGarbageInTorn)
        keep_names_until(seed % 3 == 0 ? 0 : seed % 3 == 1 ? now_ : draw_instant(random));
    else
        keep_names_until(shape == Shape::kEverything ? now_ : instant);
    forget_unnamed();
}

const char* Contents::bytes_of(const File& file, const Change& change) {
    return change.from == kZeros ? nullptr : file.written.data() + change.from;
}

void Contents::settle(File& file, Image image) {
    file.cached = image;
    file.kept = std::move(image);
    file.changes.clear();
    file.written.clear();
    file.dirty.clear();
    file.cut_to = kNoCut;
}

// Changes before `instant`, and the one made at it in part.
void Contents::apply_until(File& file, std::uint64_t instant, Random& random) {
    Image image = file.kept;
    for (const auto& change : file.changes) {
        if (change.when > instant) break;
        if (change.truncates) {
            image.resize(change.at);
            continue;
        }
        std::int64_t bytes = change.bytes;
        if (change.when == instant) {
            const auto sectors = static_cast<std::uint64_t>(bytes / kSectorBytes + 1);
            bytes = std::min(bytes, static_cast<std::int64_t>(random.below(sectors + 1)) * kSectorBytes);
        }
        if (bytes > 0) image.write(bytes_of(file, change), bytes, change.at);
    }
    settle(file, std::move(image));
}

void Contents::apply_sectors(File& file, std::uint64_t now, std::uint64_t seed, bool garbage) {
    Image image = file.kept;
    std::int64_t size = image.size();
    const Fate of_size(seed, -1, now);
    std::string noise;
    for (const auto& change : file.changes) {
        const bool counts = change.when < of_size.until;
        if (counts) size = change.truncates ? change.at : std::max(size, change.at + change.bytes);
        if (change.truncates) {
            // One entry of the file system's own journal: it happened or not, but later writes may be there without it.
            if (counts && change.at < image.size()) image.resize(change.at);
            continue;
        }
        const char* from = bytes_of(file, change);
        for (std::int64_t at = change.at, end = at + change.bytes, count = 0; at < end; at += count) {
            const Fate fate(seed, at / kSectorBytes, now);
            count = std::min(kSectorBytes - at % kSectorBytes, end - at);
            if (garbage && fate.noise) {
                noise.resize(static_cast<std::size_t>(count));
                for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>(mixed(fate.noise_seed + i));
                image.write(noise.data(), count, at);
            } else if (change.when < fate.until) {
                image.write(from == nullptr ? nullptr : from + (at - change.at), count, at);
            }
        }
    }
    image.resize(size);
    settle(file, std::move(image));
}

void Contents::keep_names_until(std::uint64_t instant) {
    for (const auto& change : name_changes_) {
        if (change.when >= instant) break;
        if (change.file != 0)
            kept_names_[change.path] = change.file;
        else
            kept_names_.erase(change.path);
    }
    names_ = kept_names_;
    name_changes_.clear();
}

void Contents::forget_unnamed() {
    std::erase_if(files_, [this](const auto& file) {
        return std::ranges::none_of(names_, [&](const auto& name) { return name.second == file.first; });
    });
}

}  // namespace tillkeeper::disk
