// A test program whose allocations are counted: its operator new is replaced. Included by one file of the program.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace ferry::test {

// Of this thread, since it began.
inline thread_local std::size_t allocations = 0;

inline void* counted_allocation(std::size_t bytes) noexcept {
    ++allocations;
    return std::malloc(bytes);
}

}  // namespace ferry::test

void* operator new(std::size_t bytes) {
    if (void* const made = ferry::test::counted_allocation(bytes)) return made;
    throw std::bad_alloc();
}
// All that belong together, or memory of one allocator would be given back to another.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return ferry::test::counted_allocation(bytes);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
    std::free(memory);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
