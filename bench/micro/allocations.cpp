#include "allocations.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local ferry::micro::allocations asked_for;

void* counted(std::size_t bytes) noexcept {
    ++asked_for.count;
    asked_for.bytes += bytes;
    return std::malloc(bytes);
}

}  // namespace

ferry::micro::allocations ferry::micro::allocations_so_far() {
    return asked_for;
}

// All that belong together, or memory of one allocator would be given back to another. The forms for arrays call these.
void* operator new(std::size_t bytes) {
    if (void* const made = counted(bytes)) return made;
    throw std::bad_alloc();
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    return counted(bytes);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    const auto unit = static_cast<std::size_t>(alignment);
    ++asked_for.count;
    asked_for.bytes += bytes;
    if (void* const made = std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit)) return made;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
