// Chance, where nobody's secret depends on it.
#pragma once

#include <cstdint>
#include <random>

namespace ferry {

// Each number in [0, bound) equally likely; of the calling thread's own generator. REQUIRES: bound > 0.
inline std::uint64_t draw_below(std::uint64_t bound) {
    static thread_local std::minstd_rand random{std::random_device{}()};
    return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(random);
}

}  // namespace ferry
