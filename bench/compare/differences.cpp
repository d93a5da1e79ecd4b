#include "compare/differences.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>

namespace ferry::bench {
namespace {

constexpr std::size_t resamples = 4000;

constexpr std::size_t fewest_trimmed = 8;
constexpr double rounding = 1e-6;  // what equal values differ by from their mean, of an error that is one

struct mean_and_error {
    double mean = 0;
    double error = 0;  // of the mean
};

// The mean without an eighth of the values at each end, for rounds in which something else ran; of few values the plain
// one. Its error is that of the values with their ends drawn in (Yuen), as which they are left behind, in order.
mean_and_error mean_of(std::vector<double>& values) {
    const std::size_t cut = values.size() >= fewest_trimmed ? values.size() / 8 : 0;
    std::sort(values.begin(), values.end());
    std::fill_n(values.begin(), cut, values[cut]);
    std::fill_n(values.rbegin(), cut, values[values.size() - 1 - cut]);
    const double n = static_cast<double>(values.size()), kept = n - 2 * static_cast<double>(cut);
    double sum = 0, inner = 0, squares = 0;
    for (const double v : values) sum += v;
    for (std::size_t i = cut; i < values.size() - cut; ++i) inner += values[i];
    for (const double v : values) squares += (v - sum / n) * (v - sum / n);
    return {inner / kept, std::sqrt(squares / (n - 1) / n) * n / kept};
}

// How many errors the mean of a resample is away from the mean of all, in all but `beyond` of the resamples. One that
// happens to have no spread, but for what rounding makes, has that of the values themselves.
double reach_of(const std::vector<double>& values, const mean_and_error& all, double beyond, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<double> resample(values.size()), away(resamples);
    for (double& one : away) {
        for (double& v : resample) v = values[random() % values.size()];
        const auto found = mean_of(resample);
        one = std::abs(found.mean - all.mean) / (found.error > rounding * all.error ? found.error : all.error);
    }
    const auto at = static_cast<std::size_t>(std::ceil((1 - beyond) * resamples)) - 1;
    std::nth_element(away.begin(), away.begin() + static_cast<std::ptrdiff_t>(at), away.end());
    return away[at];
}

}  // namespace

paired_difference difference_of(const std::vector<round_pair>& rounds, std::size_t comparisons, std::uint64_t seed) {
    if (rounds.size() < fewest_rounds) {
        throw std::invalid_argument("an interval needs " + std::to_string(fewest_rounds) + " rounds, here are " +
                                    std::to_string(rounds.size()));
    }
    paired_difference made;
    std::vector<double> differences;
    for (const auto& one : rounds) {
        made.a += one.a / static_cast<double>(rounds.size());
        made.b += one.b / static_cast<double>(rounds.size());
        differences.push_back(one.b - one.a);
    }
    auto scratch = differences;
    const auto found = mean_of(scratch);
    made.difference = found.mean;
    made.low = made.high = found.mean;
    if (found.error > 0) {
        const double beyond = (1 - confidence) / static_cast<double>(std::max<std::size_t>(1, comparisons));
        const double reach = reach_of(differences, found, beyond, seed);
        made.low -= reach * found.error;
        made.high += reach * found.error;
    }
    made.told = made.low > 0 || made.high < 0;
    return made;
}

}  // namespace ferry::bench
