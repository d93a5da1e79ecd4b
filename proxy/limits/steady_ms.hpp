// The clock of windows and limits.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace ferry::limits {

// Milliseconds of the steady clock.
inline std::int64_t steady_ms() {
    return std::chrono::duration_cast<milliseconds>(steady::now().time_since_epoch()).count();
}

}  // namespace ferry::limits
