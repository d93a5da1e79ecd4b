#pragma once

#include <cstdint>
#include <vector>

namespace ferry::bench {

// What one round measured of two targets, each the mean of its runs in that round.
struct round_pair {
    double a = 0, b = 0;
};

struct paired_difference {
    double a = 0, b = 0;       // means over the rounds
    double difference = 0;     // b - a
    double low = 0, high = 0;  // of the difference
    bool told = false;         // 0 lies outside
};

// That all intervals of a comparison hold: so high that of a hundred comparisons of a target with itself more than five
// are hardly ever taken for a difference.
constexpr double confidence = 0.98;

// Fewer rounds say nothing about how much they differ by themselves.
constexpr std::size_t fewest_rounds = 5;

// The mean difference of the rounds (of eight and more without an eighth at each end) and its interval: a bootstrap of
// the studentized mean, which holds what it promises also for few rounds, whatever the shape of the noise. With
// `comparisons` that are made at once, all their intervals hold together with that confidence (Bonferroni).
// Deterministic by seed. Throws std::invalid_argument for fewer rounds than `fewest_rounds`.
paired_difference difference_of(const std::vector<round_pair>& rounds, std::size_t comparisons, std::uint64_t seed);

}  // namespace ferry::bench
