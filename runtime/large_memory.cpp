#include "runtime/large_memory.hpp"

#include <new>
#include <sys/mman.h>

namespace watchword::runtime {

namespace {

constexpr std::size_t line = 64; ///< what smaller pieces begin on

std::align_val_t alignment_of(std::size_t bytes) { return std::align_val_t{bytes < huge_page ? line : huge_page}; }

} // namespace

void* allocate_large(std::size_t bytes) {
    void* const memory = ::operator new(bytes, alignment_of(bytes));
#ifdef MADV_HUGEPAGE
    // a wish: whether it is granted does not matter here
    if (bytes >= huge_page) (void)madvise(memory, bytes / huge_page * huge_page, MADV_HUGEPAGE);
#endif
    return memory;
}

void deallocate_large(void* memory, std::size_t bytes) { ::operator delete(memory, alignment_of(bytes)); }

} // namespace watchword::runtime
