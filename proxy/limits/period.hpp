// The periods of budgets.
#pragma once

#include <cstdint>

#include "access/limits.hpp"
#include "limits/calendar.hpp"

namespace ferry::limits {

// [begin, end) in microseconds since the epoch; of `total` all there is.
struct period {
    std::int64_t begin_us = 0, end_us = 0;
};

// The calendar hour, day, week (from Monday) or month in which `now_us` lies.
period period_at(access::budget_period which, std::int64_t now_us, const calendar& by);

}  // namespace ferry::limits
