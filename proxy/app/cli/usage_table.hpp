// A usage report as people read it: rounded, in units they know, narrow, with a total.
#pragma once

#include <string>
#include <vector>

#include "app/cli/usage_report.hpp"

namespace ferry::app {

// Columns of which nobody has anything are left out. Reorders the times in `groups`, as percentile() does.
std::string usage_table(const std::vector<std::string>& titles, usage_report::groups& groups, bool has_latency);

// "0.000123", "<0.000001": at most six places.
std::string money_text(int128 pico);
// "850 us", "12.3 ms", "1.23 s"
std::string span_text(std::int64_t time_us);

}  // namespace ferry::app
