// What was measured of requests, as metric families.
#pragma once

#include "app/metric_sheet.hpp"
#include "relay/books/counters.hpp"

namespace ferry::app {

// Adds one core's figures.
void add_request_families(metric_sheet& sheet, const relay::counters& counts);

}  // namespace ferry::app
