#include <cstdio>

#include "load/run.hpp"

namespace ferry::bench {
namespace {

constexpr double full = 0.95;              // of a core
constexpr double least_lag_ms = 1;         // not worth telling
constexpr double lag_that_matters = 0.05;  // of what was measured

std::string said(const char* form, double a, double b) {
    char text[256];
    std::snprintf(text, sizeof text, form, a, b);
    return text;
}

}  // namespace

std::string load_result::bottleneck() const {
    if (busy + waited > full) {
        return said("its core was taken for %.0f %% of the time (waiting for a CPU that others used: %.0f %%)",
                    100 * (busy + waited), 100 * waited);
    }
    const auto& first = counts->times(metric::ttft);
    const double typical = in_ms((first.count() ? first : counts->times(metric::e2el)).quantile(0.5));
    const double late = in_ms(counts->send_lag.quantile(0.99)), slow = in_ms(counts->receive_lag.quantile(0.99));
    if (late > least_lag_ms && late > lag_that_matters * typical) {
        return said("it sent requests up to %.1f ms late (p99), of a median of %.1f ms measured", late, typical);
    }
    if (slow > least_lag_ms && slow > lag_that_matters * typical) {
        return said("it saw answers up to %.1f ms late (p99), of a median of %.1f ms measured", slow, typical);
    }
    return "";
}

}  // namespace ferry::bench
