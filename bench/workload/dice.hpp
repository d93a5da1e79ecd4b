#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace ferry::bench {

// Numbers that look random and depend on the seed alone, the same with every compiler (splitmix64; those of <random>
// differ between libraries).
class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t x = state_ += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
    // 0 .. n - 1. REQUIRES: n > 0.
    std::uint64_t below(std::uint64_t n) {
        return static_cast<std::uint64_t>(static_cast<unsigned __int128>(next()) * n >> 64);
    }
    double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }  // [0, 1)
    double exponential(double mean) { return -mean * std::log1p(-unit()); }
    double normal() {
        const double r = std::sqrt(exponential(2));
        return r * std::cos(2 * std::numbers::pi * unit());
    }

private:
    std::uint64_t state_;
};

}  // namespace ferry::bench
