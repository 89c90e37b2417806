// Asking the processor for memory before it is read.
#pragma once

namespace watchword::runtime {

/// Asks for the cache line at `address`, which may be any. The empty statement is there for functions that do nothing
/// else: GCC 12 takes such a one for a function without effect, and leaves out its calls where it does not inline them.
inline void ask_for(const void* address) {
    __builtin_prefetch(address);
    asm volatile("");
}
/// The same of a line that will be written, so that no other processor need be asked when it is. GCC would only ask to
/// read unless it is told that the processor knows how; all with 64 bits do, or take it for nothing to do.
inline void ask_to_write(const void* address) {
#if defined(__x86_64__)
    asm volatile("prefetchw (%0)" ::"r"(address));
#else
    __builtin_prefetch(address, 1);
    asm volatile("");
#endif
}

} // namespace watchword::runtime
