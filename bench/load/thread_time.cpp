#include "load/thread_time.hpp"

#include <ctime>
#include <fstream>

namespace ferry::bench {

thread_seconds thread_time() {
    thread_seconds found;
    timespec cpu{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    found.running = static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) / 1e9;
    double ran = 0, waited = 0;  // nanoseconds; the file is missing in some kernels
    std::ifstream file("/proc/thread-self/schedstat");
    if (file >> ran >> waited) found.waiting = waited / 1e9;
    return found;
}

}  // namespace ferry::bench
