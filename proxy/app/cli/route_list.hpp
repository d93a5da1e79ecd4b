// How virtual model names stand: `ferry routes list`, and what the catalog says of one before it is written.
#pragma once

#include <string>
#include <vector>

#include "store/rows.hpp"

namespace ferry::app {

struct route_verdict {
    std::string refused;              // why nobody would be served by this name, "" if they would
    std::vector<std::string> doubts;  // members that would be left out
};

// As the catalog would judge the route of this name among these rows, if their upstream keys could all be read.
route_verdict judge_route(const store::catalog_rows& rows, const std::string& name);

std::string routes_as_table(const store::catalog_rows& rows);
std::string routes_as_json(const store::catalog_rows& rows);

}  // namespace ferry::app
