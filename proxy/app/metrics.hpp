// The document of GET /metrics.
#pragma once

#include <string>

#include "app/metric_sheet.hpp"
#include "app/status.hpp"

namespace ferry::app {

// Reads the shards of all cores. Any thread; takes no lock that a core holds for longer than a swap. `sheet` is kept
// from scrape to scrape.
std::string metrics_text(metric_sheet& sheet, const status_sources& from);

}  // namespace ferry::app
