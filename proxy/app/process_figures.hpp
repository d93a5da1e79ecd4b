// What the kernel knows of this process.
#pragma once

#include <cstdint>

namespace ferry::app {

struct process_figures {
    double started_s = 0;  // since the Unix epoch
    double cpu_s = 0;      // user and system
    std::uint64_t resident_bytes = 0;
    std::uint64_t open_descriptors = 0, most_descriptors = 0;
};

// A few system calls. 0 stands for what cannot be read.
process_figures read_process_figures();

}  // namespace ferry::app
