#include "load/arrivals.hpp"

#include <cmath>

namespace ferry::bench {

arrivals::arrivals(const load_options& options, std::uint64_t seed)
    : rate_(options.rate),
      ramp_(std::chrono::duration<double>(options.ramp_up).count()),
      shape_(options.burstiness),
      is_constant_(options.arrivals == arrival_pattern::constant),
      dice_(seed ^ 0x6172726976616c73) {}

// Marsaglia and Tsang, 2000.
double arrivals::gamma(double shape) {
    if (shape < 1) return gamma(shape + 1) * std::pow(1 - dice_.unit(), 1 / shape);
    const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    for (;;) {
        const double x = dice_.normal();
        const double v = std::pow(1 + c * x, 3);
        if (v > 0 && std::log(1 - dice_.unit()) < x * x / 2 + d - d * v + d * std::log(v)) return d * v;
    }
}

double arrivals::gap() {
    if (is_constant_) return 1;
    return shape_ == 1 ? dice_.exponential(1) : gamma(shape_) / shape_;
}

nanoseconds arrivals::next() {
    // The requests that are due until t are rate * t^2 / (2 * ramp) within the ramp, and grow by the rate behind it.
    const double in_ramp = rate_ * ramp_ / 2;
    const double t = sum_ < in_ramp ? std::sqrt(2 * ramp_ * sum_ / rate_) : ramp_ + (sum_ - in_ramp) / rate_;
    sum_ += gap();
    return nanoseconds(static_cast<nanoseconds::rep>(t * 1e9));
}

}  // namespace ferry::bench
