// The document of GET /metrics.
#pragma once

#include <string>

#include "app/status.hpp"

namespace ferry::app {

// Reads the shards of all cores. Any thread; takes no lock that a core holds for longer than a swap.
std::string metrics_text(const status_sources& from);

}  // namespace ferry::app
