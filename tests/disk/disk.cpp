#include "tests/disk/disk.h"

#include <sqlite3.h>

#include "tests/disk/machine.h"

namespace tillkeeper::disk {

Disk::Disk(Random& random) : machine_(std::make_unique<Machine>(*this, random)) {}
Disk::~Disk() = default;

std::string Disk::vfs() const {
    return machine_->name;
}

void Disk::stand_in_for_the_systems() {
    sqlite3_vfs_register(sqlite3_vfs_find(machine_->name.c_str()), 1);
}

std::optional<std::string> Disk::bytes(const std::string& path) const {
    const FileId file = machine_->contents.find(path);
    if (file == 0) return std::nullopt;
    return machine_->contents.cached(file).text();
}

std::vector<std::string> Disk::files() const {
    return machine_->contents.paths();
}

std::uint64_t Disk::calls(Call call) const {
    return machine_->calls.at(static_cast<std::size_t>(call));
}

void Disk::fail(Call call, std::uint64_t nth, bool lasting) {
    machine_->faults.push_back({call, nth, lasting});
}

void Disk::heal() {
    machine_->faults.clear();
}

void Disk::limit(std::optional<std::uint64_t> bytes) {
    machine_->bytes_max = bytes;
}

std::uint64_t Disk::used_bytes() const {
    std::int64_t used = machine_->contents.used_bytes();
    for (const auto& memory : machine_->memories)
        if (memory->process == machine_->process)
            used += static_cast<std::int64_t>(memory->regions.size()) * SharedMemory::kRegionBytes;
    return static_cast<std::uint64_t>(used);
}

std::uint64_t Disk::free_bytes() const {
    const std::uint64_t all = machine_->bytes_max.value_or(std::uint64_t{1} << 40);
    const std::uint64_t used = used_bytes();
    return used < all ? all - used : 0;
}

void Disk::lie_about_syncs(bool lie) {
    machine_->lies = lie;
}

void Disk::read_only(bool on) {
    machine_->read_only = on;
}

void Disk::freeze_after(std::uint64_t nth) {
    machine_->freeze_in = nth;
}

void Disk::freeze() {
    machine_->frozen = true;
}

bool Disk::frozen() const {
    return machine_->frozen;
}

void Disk::restart_process() {
    ++machine_->process;
    machine_->frozen = machine_->dying = false;
    machine_->freeze_in = 0;
    machine_->writers.clear();
}

void Disk::cut_power(Shape shape) {
    restart_process();
    machine_->contents.cut_power(shape, machine_->random);
}

const Contents& Disk::contents() const {
    return machine_->contents;
}

void Disk::put(Contents contents) {
    restart_process();
    machine_->contents = std::move(contents);
}

void Disk::rot(const std::string& path, std::int64_t at, char flip) {
    if (const FileId file = machine_->contents.find(path); file != 0) machine_->contents.rot(file, at, flip);
}

const std::vector<std::string>& Disk::violations() const {
    return machine_->violations;
}

void Disk::seed_sqlite(std::uint32_t seed) {
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed | 1U), static_cast<sqlite3*>(nullptr));
    sqlite3_randomness(0, nullptr);
}

}  // namespace tillkeeper::disk
