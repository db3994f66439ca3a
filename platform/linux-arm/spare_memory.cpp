#include "platform/linux-arm/spare_memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <vector>

namespace tillkeeper {
namespace {

struct Range {
    std::uintptr_t begin;
    std::size_t size;
};

// Relocated program text is no longer what the file has.
bool has_relocated_text(const dl_phdr_info& object) {
    for (int i = 0; i < object.dlpi_phnum; ++i) {
        const auto& segment = object.dlpi_phdr[i];
        if (segment.p_type != PT_DYNAMIC) continue;
        const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(object.dlpi_addr + segment.p_vaddr);
        for (; entry->d_tag != DT_NULL; ++entry)
            if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0))
                return true;
    }
    return false;
}

// Only segments that nobody can have written to: the file has all of them.
int collect_segments(dl_phdr_info* object, std::size_t, void* ranges) {
    if (has_relocated_text(*object)) return 0;
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
        const std::uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
        const std::uintptr_t end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
        static_cast<std::vector<Range>*>(ranges)->push_back({begin, end - begin});
    }
    return 0;
}

}  // namespace

void give_back_spare_memory() {
    // The list of segments is itself in the text of each library: it is read to its end before any is given back, or
    // each would come back at once with the sixteen pages around it.
    std::vector<Range> ranges;
    dl_iterate_phdr(collect_segments, &ranges);
    malloc_trim(0);
    // Refused for the kernel's own pages, which is as well.
    for (const auto& range : ranges)
        static_cast<void>(madvise(reinterpret_cast<void*>(range.begin), range.size, MADV_DONTNEED));
}

}  // namespace tillkeeper
