#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <vector>

#include "compare/differences.hpp"

namespace ferry::bench {

// One run of a round.
struct compared_run {
    std::size_t round = 0;
    std::map<std::string, double> figures;  // by their names in the JSON; what was not measured is not there
    boost::json::object json;
};

struct compared_runs {
    std::string name;
    std::string base_url;
    std::vector<compared_run> runs;
};

struct told_difference {
    std::string metric;  // "p50_ttft_ms"
    std::string unit;    // "ms", "requests/s", "us", "MiB", "%"
    std::string against, target;
    paired_difference found;
};

// Every target against the first one, metric by metric, as far as at least `fewest_rounds` rounds measured it.
std::vector<told_difference> differences_of(const std::vector<compared_runs>& targets, std::uint64_t seed);

boost::json::object json_of(const told_difference& one);

// The differences as a table for people, a part for each target.
std::string table_of(const std::vector<told_difference>& differences);

}  // namespace ferry::bench
