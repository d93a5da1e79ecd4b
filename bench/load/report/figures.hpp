#pragma once

#include <map>
#include <string>

#include "load/run.hpp"

namespace ferry::bench {

// Every number of a result under its name in the JSON ("p99_ttft_ms"); what was not measured is not there.
std::map<std::string, double> figures_of(const load_result& result);

}  // namespace ferry::bench
