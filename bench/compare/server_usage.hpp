#pragma once

#include <sys/types.h>

namespace ferry::bench {

// What a process and all that it started have used so far.
struct server_usage {
    double cpu_seconds = 0;  // of children that have ended too, once they were waited for
    double memory_mib = 0;   // now; what processes share is counted once
};

// Reads /proc. Throws std::runtime_error in words if there is no such process, or it is not ours to look at.
server_usage usage_of(pid_t pid);

}  // namespace ferry::bench
