#pragma once

#include <cstddef>

namespace ferry::micro {

// What this thread has asked operator new for: the program's replaces that of the library, and takes its memory from
// the allocator that Ferry is linked with.
struct allocations {
    std::size_t count = 0, bytes = 0;
};
allocations allocations_so_far();

}  // namespace ferry::micro
