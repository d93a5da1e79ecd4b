// The two clocks: wall time for what is written down, monotonic time for durations and deadlines.
#pragma once

#include <time.h>

#include <chrono>
#include <cstdint>

namespace ferry {

using steady = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// Microseconds since the Unix epoch, UTC. May jump; never subtract two of them.
inline std::int64_t wall_us() {
    return std::chrono::duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

inline std::int64_t us_between(steady::time_point from, steady::time_point to) {
    return std::chrono::duration_cast<microseconds>(to - from).count();
}

}  // namespace ferry
