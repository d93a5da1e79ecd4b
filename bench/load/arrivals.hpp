#pragma once

#include "load/options.hpp"
#include "workload/dice.hpp"

namespace ferry::bench {

// When the requests of an open loop are due, one after another, since its start. With a ramp the rate grows in a
// straight line from nothing. Deterministic by its seed.
class arrivals {
public:
    arrivals(const load_options& options, std::uint64_t seed);
    nanoseconds next();

private:
    double gap();  // of a rate of one
    double gamma(double shape);

    const double rate_, ramp_, shape_;
    const bool is_constant_;
    dice dice_;
    double sum_ = 0;  // of the gaps
};

}  // namespace ferry::bench
