#pragma once

#include <algorithm>
#include <vector>

#include "workload/dice.hpp"
#include "workload/options.hpp"

namespace ferry::bench {

// Draws from some names, each as often as its weight says.
class mix {
public:
    explicit mix(const std::vector<weighted>& of) {
        double sum = 0;
        for (const auto& one : of) sums_.push_back(sum += one.weight);
    }

    // The index; 0 where there is one or none.
    std::uint32_t draw(dice& from) const {
        if (sums_.size() < 2) return 0;
        const auto found = std::upper_bound(sums_.begin(), sums_.end(), from.unit() * sums_.back());
        return static_cast<std::uint32_t>(
            std::min<std::ptrdiff_t>(found - sums_.begin(), static_cast<std::ptrdiff_t>(sums_.size()) - 1));
    }

private:
    std::vector<double> sums_;
};

}  // namespace ferry::bench
